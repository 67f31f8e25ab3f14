"""Another workflow called per item, with a map of its own inside."""

import axl
from axl import Workflow, step


class Sum(Workflow):
    @step
    def upto(self, n: int) -> list[int]:
        return list(range(n + 1))

    @step
    def double(self, n: int) -> int:
        return 2 * n

    @step
    def total(self, items: list[int]) -> int:
        return sum(items)

    def graph(self, n: int) -> int:
        return self.total(self.double.map(self.upto(n)))


class SubWorkflowInMap(Workflow):
    @step
    def join(self, items: list[int]) -> str:
        return "/".join(map(str, items))

    def graph(self, sizes: list[int] = [3, 0, 5]) -> str:
        return self.join(axl.map(lambda n: Sum().graph(n), sizes))
