"""Failed items of an inner map are false, and the others go on."""

import axl
from axl import Workflow, default, step


class ContinueInNestedMap(Workflow):
    @step(on_failure="continue")
    def invert(self, n: int) -> float:
        return 1 / n

    @step(on_failure=default(-1.0))
    def root(self, n: int) -> float:
        if n < 0:
            raise ValueError(n)
        return n**0.5

    @step
    def show(self, inverts: list[list[float]], roots: list[float]) -> str:
        return f"{[[part or None for part in row] for row in inverts]} {roots}"

    def graph(self) -> str:
        inverts = axl.map(lambda row: self.invert.map(row), [[1, 0], [], [4]])
        return self.show(inverts, self.root.map([4, -4]))


EXPECTED = "[[1.0, None], [], [0.25]] [2.0, -1.0]"
