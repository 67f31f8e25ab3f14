"""A branch per item, each by its own test."""

import axl
from axl import Workflow, step, when


class BranchInMap(Workflow):
    @step
    def even(self, n: int) -> bool:
        return n % 2 == 0

    @step
    def half(self, n: int) -> int:
        return n // 2

    @step
    def triple(self, n: int) -> int:
        return 3 * n + 1

    def graph(self) -> list[int]:
        return axl.map(
            lambda n: when(self.even(n), lambda: self.half(n), lambda: self.triple(n)), [1, 2, 3, 4, 5]
        )
