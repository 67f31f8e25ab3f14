"""A graph without a result still runs its steps."""

from axl import Workflow, step


class ReturnsNothing(Workflow):
    @step
    def work(self) -> None:
        return None

    def graph(self) -> None:
        self.work()
