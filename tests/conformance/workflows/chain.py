"""Three steps in a row."""

from axl import Workflow, step


class Chain(Workflow):
    @step
    def one(self, n: int) -> int:
        return n + 1

    @step
    def two(self, n: int) -> int:
        return n * 2

    @step
    def three(self, n: int) -> str:
        return f"={n}"

    def graph(self, n: int = 3) -> str:
        return self.three(self.two(self.one(n)))
