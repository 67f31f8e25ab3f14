"""A parameter that only the inside of a nested map uses."""

import axl
from axl import Workflow, step


class ParameterOnlyInMap(Workflow):
    @step
    def add(self, a: int, b: int) -> int:
        return a + b

    def graph(self, base: int = 100) -> list[list[int]]:
        return axl.map(lambda a: axl.map(lambda b: self.add(b, base), [1, 2]), [0, 1])
