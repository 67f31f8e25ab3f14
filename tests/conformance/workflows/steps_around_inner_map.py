"""A body with steps before, beside and after the maps inside it, one of which runs over the other's result."""

import axl
from axl import Workflow, step


class StepsAroundInnerMap(Workflow):
    @step
    def upto(self, n: int) -> list[int]:
        return list(range(n))

    @step
    def half(self, n: int) -> float:
        return n / 2

    @step
    def square(self, n: int) -> int:
        return n * n

    @step
    def shift(self, n: int, by: int) -> int:
        return n + by

    @step
    def total(self, numbers: list[int]) -> int:
        return sum(numbers)

    @step
    def label(self, total: int, half: float, all_numbers: list[int]) -> str:
        return f"{total}/{half}/{all_numbers}"

    def graph(self, sizes: list[int] = [3, 0, 2]) -> list[str]:
        def body(size: int) -> str:
            half = self.half(size)
            squares = self.square.map(self.upto(size))
            total = self.total(squares)
            shifted = axl.map(lambda n: self.shift(n, total), squares)
            return self.label(total, half, shifted)

        return axl.map(body, sizes)
