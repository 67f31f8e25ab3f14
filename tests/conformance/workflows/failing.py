"""A step that raises ends the run, and what depends on it never starts."""

from axl import Workflow, step


class Failing(Workflow):
    @step
    def load(self) -> int:
        return 1

    @step
    def broken(self, n: int) -> int:
        raise ValueError(f"bad {n}")

    @step
    def after(self, n: int) -> int:
        raise AssertionError(n)

    def graph(self) -> int:
        return self.after(self.broken(self.load()))


FAILS = ("broken", "ValueError", "bad 1")
