"""A map inside the arm that is taken; the other arm has a map too."""

from axl import Workflow, step, when


class MapInBranch(Workflow):
    @step
    def big(self, n: int) -> bool:
        return n > 2

    @step
    def items(self, n: int) -> list[int]:
        return list(range(n))

    @step
    def inc(self, n: int) -> int:
        return n + 1

    @step
    def dec(self, n: int) -> int:
        return n - 1

    def graph(self, n: int = 3) -> list[int]:
        items = self.items(n)
        return when(self.big(n), lambda: self.inc.map(items), lambda: self.dec.map(items))
