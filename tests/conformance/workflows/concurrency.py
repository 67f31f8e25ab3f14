"""Concurrency, batch and max_items change how items run, not what comes out."""

from axl import Workflow, step


class Concurrency(Workflow):
    @step
    def work(self, n: int) -> int:
        return n % 7

    @step
    def total(self, a: list[int], b: list[int]) -> tuple[int, int]:
        return (sum(a), sum(b))

    @step
    def text(self, t: tuple[int, int]) -> str:
        return str(t)

    def graph(self) -> str:
        items = list(range(25))
        return self.text(
            self.total(self.work.map(items, concurrency=2, max_items=100), self.work.map(items, batch=4))
        )
