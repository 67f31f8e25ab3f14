"""A bool parameter is a test too."""

from axl import Workflow, step, when


class BranchOnParameter(Workflow):
    @step
    def fast(self) -> str:
        return "fast"

    @step
    def slow(self) -> str:
        return "slow"

    def graph(self, quick: bool = True) -> str:
        return when(quick, self.fast, self.slow)
