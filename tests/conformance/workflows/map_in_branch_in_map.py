"""For each item one of two arms; one of them maps, over lists that may be empty, and goes on from it."""

import axl
from axl import Workflow, step, when


class MapInBranchInMap(Workflow):
    @step
    def upto(self, n: int) -> list[int]:
        return list(range(n))

    @step
    def even(self, n: int) -> bool:
        return n % 2 == 0

    @step
    def square(self, n: int, base: int) -> int:
        return base + n * n

    @step
    def total(self, numbers: list[int]) -> int:
        return sum(numbers)

    @step
    def negative(self, n: int) -> int:
        return -n

    def graph(self, base: int = 100) -> list[int]:
        def body(n: int) -> int:
            return when(
                self.even(n),
                lambda: self.total(axl.map(lambda m: self.square(m, base), self.upto(n))),
                lambda: self.negative(n),
            )

        return axl.map(body, [0, 1, 2, 3, 4])
