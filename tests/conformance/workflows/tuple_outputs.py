"""An annotated tuple unpacks into artifacts."""

from axl import Workflow, step


class TupleOutputs(Workflow):
    @step
    def divide(self, a: int, b: int) -> tuple[int, int]:
        return divmod(a, b)

    @step
    def show(self, quotient: int, rest: int) -> str:
        return f"{quotient} rest {rest}"

    def graph(self, a: int = 17) -> str:
        quotient, rest = self.divide(a, 5)
        return self.show(rest=rest, quotient=quotient)
