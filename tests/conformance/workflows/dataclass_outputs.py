"""A dataclass's fields are artifacts of their own."""

from dataclasses import dataclass

from axl import Workflow, step


@dataclass
class Split:
    train: list[int]
    test: list[int]


class DataclassOutputs(Workflow):
    @step
    def split(self, n: int) -> Split:
        return Split(train=list(range(n)), test=[n])

    @step
    def total(self, items: list[int]) -> int:
        return sum(items)

    @step
    def double(self, n: int) -> int:
        return 2 * n

    @step
    def show(self, a: int, b: int, c: list[int], whole: Split) -> str:
        return f"{a} {b} {c} {whole}"

    def graph(self) -> str:
        parts = self.split(5)
        return self.show(self.total(parts.train), self.total(parts.test), self.double.map(parts.train), parts)
