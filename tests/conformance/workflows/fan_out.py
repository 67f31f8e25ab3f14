"""A step mapped over a list that another step makes, collected in order."""

from axl import Workflow, step


class FanOut(Workflow):
    @step
    def numbers(self, n: int) -> list[int]:
        return list(range(n))

    @step
    def square(self, n: int) -> int:
        return n * n

    @step
    def total(self, numbers: list[int]) -> str:
        return ",".join(map(str, numbers))

    def graph(self, n: int = 7) -> str:
        return self.total(self.square.map(self.numbers(n)))
