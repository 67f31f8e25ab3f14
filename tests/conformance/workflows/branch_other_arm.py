"""The other arm, which is a literal."""

from axl import Workflow, step, when


class BranchOtherArm(Workflow):
    @step
    def ready(self) -> bool:
        return False

    @step
    def never(self) -> str:
        raise AssertionError

    def graph(self) -> str:
        return when(self.ready(), self.never, lambda: "nothing to do")
