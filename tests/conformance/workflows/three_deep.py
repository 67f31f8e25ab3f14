"""Maps three deep, the outer items used inside."""

import axl
from axl import Workflow, step


class ThreeDeep(Workflow):
    @step
    def upto(self, n: int) -> list[int]:
        return list(range(n))

    @step
    def key(self, a: int, b: int, c: int, base: int) -> int:
        return base + 100 * a + 10 * b + c

    def graph(self, base: int = 5000) -> list[list[list[int]]]:
        return axl.map(
            lambda a: axl.map(
                lambda b: axl.map(lambda c: self.key(a, b, c, base), self.upto(b)),
                self.upto(a),
            ),
            self.upto(4),
        )
