"""Zipped lists of two lengths are a failure that names both."""

from axl import Workflow, step


class WrongLengths(Workflow):
    @step
    def items(self, n: int) -> list[int]:
        return list(range(n))

    @step
    def pair(self, a: int, b: int) -> int:
        return a + b

    def graph(self) -> list[int]:
        return self.pair.map(self.items(2), self.items(3))


FAILS = ("pair_map", "TypeError", "a has 2, b has 3")
