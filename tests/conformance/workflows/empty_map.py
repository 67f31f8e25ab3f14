"""A map over an empty list gives an empty list, and the run goes on."""

from axl import Workflow, step


class EmptyMap(Workflow):
    @step
    def nothing(self) -> list[int]:
        return []

    @step
    def never(self, n: int) -> int:
        raise AssertionError(n)

    @step
    def count(self, items: list[int]) -> int:
        return len(items)

    def graph(self) -> int:
        return self.count(self.never.map(self.nothing()))
