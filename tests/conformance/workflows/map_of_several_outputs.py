"""A mapped step with several outputs gives a list of them."""

from typing import NamedTuple

from axl import Workflow, step


class Point(NamedTuple):
    x: int
    y: str


class MapOfSeveralOutputs(Workflow):
    @step
    def point(self, n: int) -> Point:
        return Point(n, str(n))

    @step
    def show(self, points: list[Point]) -> str:
        return " ".join(f"{p.x}{p.y}" for p in points)

    def graph(self) -> str:
        return self.show(self.point.map([1, 2, 3]))
