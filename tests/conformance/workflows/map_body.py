"""A body of several steps, a diamond inside it."""

import axl
from axl import Workflow, step


class MapBody(Workflow):
    @step
    def start(self, n: int) -> int:
        return n + 1

    @step
    def left(self, n: int) -> int:
        return n * 2

    @step
    def right(self, n: int) -> int:
        return n * 3

    @step
    def join(self, a: int, b: int) -> tuple[int, int]:
        return (a, b)

    @step
    def text(self, pair: tuple[int, int]) -> str:
        return f"{pair[0]}-{pair[1]}"

    def body(self, n: int) -> str:
        s = self.start(n)
        return self.text(self.join(self.left(s), self.right(s)))

    def graph(self) -> list[str]:
        return axl.map(self.body, [1, 2, 3])
