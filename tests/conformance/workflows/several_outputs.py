"""A NamedTuple's fields are artifacts of their own; the whole can be passed on as well."""

from typing import NamedTuple

from axl import Workflow, step


class Parts(NamedTuple):
    model: str
    score: float


class SeveralOutputs(Workflow):
    @step
    def train(self, n: int) -> Parts:
        return Parts("m" * n, n / 4)

    @step
    def describe(self, model: str, score: float, both: Parts) -> str:
        return f"{model} {score} {type(both).__name__} {both.model} {both.score}"

    def graph(self) -> str:
        parts = self.train(3)
        return self.describe(parts.model, parts.score, parts)
