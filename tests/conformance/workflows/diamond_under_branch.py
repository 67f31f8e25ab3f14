"""A diamond inside an arm."""

from axl import Workflow, step, when


class DiamondUnderBranch(Workflow):
    @step
    def yes(self) -> bool:
        return True

    @step
    def inc(self, n: int) -> int:
        return n + 1

    @step
    def mul(self, a: int, b: int) -> int:
        return a * b

    def arm(self, n: int) -> int:
        start = self.inc(n)
        return self.mul(self.inc(start), self.inc(self.inc(start)))

    def graph(self, n: int = 1) -> int:
        return when(self.yes(), lambda: self.arm(n), lambda: n)
