"""The same step in both arms, and after the branch."""

from axl import Workflow, step, when


class StepInBothArms(Workflow):
    @step
    def test(self) -> bool:
        return True

    @step
    def add(self, a: int, b: int) -> int:
        return a + b

    def graph(self) -> int:
        base = self.add(1, 1)
        taken = when(self.test(), lambda: self.add(base, 10), lambda: self.add(base, 20))
        return self.add(taken, base)
