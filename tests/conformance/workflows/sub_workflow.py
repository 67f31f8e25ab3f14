"""Another workflow called in place, twice, with its own defaults and literals."""

from axl import Workflow, step


class Power(Workflow):
    @step
    def times(self, a: int, b: int) -> int:
        return a * b

    def graph(self, base: int, exponent: int = 2) -> int:
        value = base
        for _ in range(exponent - 1):
            value = self.times(value, base)
        return value


class SubWorkflow(Workflow):
    @step
    def times(self, a: int, b: int) -> str:
        return f"{a}x{b}"

    @step
    def three(self) -> int:
        return 3

    def graph(self) -> str:
        n = self.three()
        return self.times(Power().graph(n), Power().graph(n, exponent=4))
