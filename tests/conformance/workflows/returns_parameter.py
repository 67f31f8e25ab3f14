"""A graph may return what it was given, and nothing else."""

from axl import Workflow


class ReturnsParameter(Workflow):
    def graph(self, n: int = 5, name: str = "ø") -> tuple[int, str]:
        return (n, name)
