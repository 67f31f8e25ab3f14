"""A map in a map where there is no outer item at all."""

import axl
from axl import Workflow, step


class EmptyOuterMap(Workflow):
    @step
    def nothing(self) -> list[list[int]]:
        return []

    @step
    def never(self, n: int) -> int:
        raise AssertionError(n)

    @step
    def count(self, rows: list[list[int]]) -> int:
        return len(rows)

    def graph(self) -> int:
        return self.count(axl.map(lambda row: self.never.map(row), self.nothing()))
