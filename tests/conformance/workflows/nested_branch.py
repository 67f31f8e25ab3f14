"""A branch in a branch in a map, with captures from every level."""

import axl
from axl import Workflow, step, when


class NestedBranch(Workflow):
    @step
    def above(self, n: int, limit: int) -> bool:
        return n > limit

    @step
    def label(self, n: int, word: str, extra: int) -> str:
        return f"{word}{n}+{extra}"

    @step
    def extra(self) -> int:
        return 9

    def graph(self, low: int = 1, high: int = 3) -> list[str]:
        extra = self.extra()
        return axl.map(
            lambda n: when(
                self.above(n, low),
                lambda: when(
                    self.above(n, high),
                    lambda: self.label(n, "high", extra),
                    lambda: self.label(n, "middle", extra),
                ),
                lambda: self.label(n, "low", extra),
            ),
            [0, 1, 2, 3, 4, 5],
        )
