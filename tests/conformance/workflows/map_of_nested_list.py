"""The items of an outer map are lists that the inner map runs over."""

import axl
from axl import Workflow, step


class MapOfNestedList(Workflow):
    @step
    def rows(self) -> list[list[int]]:
        return [[1, 2], [], [3]]

    @step
    def inc(self, n: int) -> int:
        return n + 1

    def graph(self) -> list[list[int]]:
        return axl.map(lambda row: self.inc.map(row), self.rows())
