"""Right wiring: both type checkers accept every line with no plugin and no ignore."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, assert_type

import axl
from axl import Failed, Retry, Secret, Workflow, after, default, step, when, workflow


class Parts(NamedTuple):
    model: str
    score: float


class Inner(Workflow):
    @step
    def inc(self, n: int) -> int:
        return n + 1

    def graph(self, n: int) -> int:
        return self.inc(n)


@workflow(name="good", image="registry.example/good:1")
class Good(Workflow):
    """Every form that an author writes."""

    retries = 2
    schedule = "0 3 * * *"

    @step
    def numbers(self) -> list[int]:
        return [1, 2]

    @step(retries=Retry(attempts=3, on=(OSError,)), timeout="10m", resources={"cpu": "500m", "memory": "2Gi"})
    def scale(self, n: int, by: float = 1.0) -> float:
        return n * by

    @step(secrets=[Secret(env="TOKEN", name="api-token")])
    def pair(self, a: int, b: str) -> str:
        return f"{a}{b}"

    @step
    def three(self, a: int, b: str, c: float) -> str:
        return f"{a}{b}{c}"

    @step
    def total(self, numbers: list[float]) -> float:
        return sum(numbers)

    @step
    def good(self, score: float) -> bool:
        return score > 1

    @step
    def train(self) -> Parts:
        return Parts("m", 0.5)

    @step
    def divide(self, a: int, b: int) -> tuple[int, int]:
        return divmod(a, b)

    @step
    def table(self) -> dict[str, int]:
        return {"a": 1}

    @step(input_mode={"rows": "path"})
    def size(self, rows: dict[str, int] | Path) -> int:
        return rows.stat().st_size if isinstance(rows, Path) else len(rows)

    @step(on_failure=default(0))
    def risky(self) -> int:
        return 1

    @step
    def bye(self, status: str) -> None:
        return None

    on_exit = bye

    def graph(self, months: list[int] = [1, 2, 3], name: str = "x") -> float:
        numbers = assert_type(self.numbers(), list[int])
        scaled = assert_type(self.scale.map(numbers, concurrency=4), list[float])
        assert_type(self.scale(1, by=2.0), float)
        assert_type(self.scale.partial(by=2.0).map(months), list[float])
        assert_type(self.pair.map([1], ["a"]), list[str])
        assert_type(self.three.map([1], ["a"], [1.0], batch=10), list[str])
        assert_type(axl.map(lambda n: self.scale(self.risky(), n), months), list[float])
        assert_type(axl.map(lambda a, b: self.pair(a, b), months, ["a", "b", "c"]), list[str])
        assert_type(axl.map(lambda n: axl.map(lambda m: self.pair(n, m), [name]), months), list[list[str]])
        assert_type(self.size(self.table()), int)
        assert_type(self.size.map([self.table()]), list[int])
        total = self.total(scaled)
        parts = self.train()
        assert_type(parts.model, str)
        quotient, _rest = self.divide(7, 2)
        assert_type(Inner().graph(quotient), int)
        last = after(total, lambda: self.risky())
        assert_type(last, int)
        return when(self.good(total), lambda: self.total([parts.score, total]), lambda: total)


def consume(values: list[float | Failed]) -> float:
    """A failed value is false, so that a plain condition leaves it out."""
    return sum(value for value in values if not isinstance(value, Failed))


assert_type(Good().scale(3), float)
