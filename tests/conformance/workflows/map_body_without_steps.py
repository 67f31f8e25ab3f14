"""A body that calls no step: the items as they are, and a constant."""

import axl
from axl import Workflow, step


class MapBodyWithoutSteps(Workflow):
    @step
    def numbers(self) -> list[int]:
        return [1, 2, 3]

    @step
    def show(self, a: list[int], b: list[str]) -> str:
        return f"{a} {b}"

    def graph(self) -> str:
        return self.show(axl.map(lambda n: n, self.numbers()), axl.map(lambda n: "same", self.numbers()))
