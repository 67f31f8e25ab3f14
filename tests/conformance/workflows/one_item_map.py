"""A map over one item is still a list."""

from axl import Workflow, step


class OneItemMap(Workflow):
    @step
    def double(self, n: int) -> int:
        return 2 * n

    def graph(self, items: list[int] = [21]) -> list[int]:
        return self.double.map(items)
