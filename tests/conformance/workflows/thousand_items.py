"""A map over 1,000 items keeps their order."""

from axl import Workflow, step


class ThousandItems(Workflow):
    @step
    def items(self) -> list[int]:
        return list(range(1000))

    @step
    def neg(self, n: int) -> int:
        return -n

    @step
    def check(self, items: list[int]) -> bool:
        return items == [-n for n in range(1000)]

    def graph(self) -> bool:
        return self.check(self.neg.map(self.items()))
