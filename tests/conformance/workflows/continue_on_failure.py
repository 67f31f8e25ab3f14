"""A failed item is false, so that the consumer can leave it out."""

from axl import Workflow, step


class ContinueOnFailure(Workflow):
    @step(on_failure="continue")
    def invert(self, n: int) -> float:
        return 1 / n

    @step
    def total(self, parts: list[float]) -> str:
        failed = [part for part in parts if not part]
        return f"{sum(part for part in parts if part)} without {len(failed)}"

    def graph(self) -> str:
        return self.total(self.invert.map([1, 2, 0, 4]))


EXPECTED = "1.75 without 1"
