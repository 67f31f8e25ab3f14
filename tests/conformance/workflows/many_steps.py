"""A wide and deep graph: 200 tasks."""

from axl import Workflow, step


class ManySteps(Workflow):
    @step
    def node(self, inputs: list[int]) -> int:
        return (1 + sum(inputs)) % 1_000_003

    def graph(self) -> int:
        layer = [self.node([]) for _ in range(10)]
        for _ in range(19):
            layer = [self.node([layer[i], layer[(i + 1) % 10]]) for i in range(10)]
        return self.node(layer)
