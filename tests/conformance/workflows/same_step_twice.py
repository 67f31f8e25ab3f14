"""The same step called with the same and with other arguments is a task each time."""

from axl import Workflow, step


class SameStepTwice(Workflow):
    @step
    def add(self, a: int, b: int) -> int:
        return a + b

    def graph(self) -> int:
        first = self.add(1, 2)
        again = self.add(1, 2)
        return self.add(self.add(first, again), b=first)
