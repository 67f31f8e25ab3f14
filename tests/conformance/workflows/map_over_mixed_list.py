"""A map over a list that the author built from results and literals."""

from axl import Workflow, step


class MapOverMixedList(Workflow):
    @step
    def make(self, n: int) -> int:
        return n * 10

    @step
    def inc(self, n: int) -> int:
        return n + 1

    def graph(self) -> list[int]:
        return self.inc.map([self.make(1), 2, self.make(3)])
