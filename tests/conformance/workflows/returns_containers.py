"""The result of a graph may be a dict of results."""

from axl import Workflow, step


class ReturnsContainers(Workflow):
    @step
    def n(self, n: int) -> int:
        return n

    def graph(self) -> dict[str, object]:
        a = self.n(1)
        return {"a": a, "more": [a, self.n(2), None], "pair": (a, "text")}
