"""One of two branches, by a bool that a step made."""

from axl import Workflow, step, when


class Branch(Workflow):
    @step
    def score(self, n: int) -> int:
        return n * n

    @step
    def good(self, score: int) -> bool:
        return score > 10

    @step
    def publish(self, score: int) -> str:
        return f"published {score}"

    @step
    def keep(self, score: int) -> str:
        return f"kept {score}"

    def graph(self, n: int = 4) -> str:
        score = self.score(n)
        return when(self.good(score), lambda: self.publish(score), lambda: self.keep(score))
