"""Workflows that the tests of compiling use, each with what one target has to express."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

import axl
from axl import Retry, Secret, Workflow, default, step


class Parts(NamedTuple):
    """Two outputs."""

    rows: list[int]
    name: str


class Everything(Workflow):
    """Asks for a little of everything.

    And says so in two paragraphs.
    """

    schedule = "30 3 * * 1"
    timezone = "Europe/Paris"
    max_parallel = 3
    on_exit = "leave"

    @step(
        retries=Retry(attempts=3, delay="1ms", on=(OSError,)),
        timeout="20s",
        resources={"cpu": "500m", "memory": "2Gi", "gpu": 1, "disk": "1500Mi"},
        env={"MODE": "fast"},
        secrets=[Secret(env="TOKEN", name="tokens", key="api")],
        image="registry.example/work:1",
        platform={"dagster": {"tags": {"team": "birds"}, "pool": "database"}},
    )
    def load(self, n: int) -> Parts:
        """Load the rows.

        Takes a number.
        """
        return Parts(list(range(n)), f"{os.environ['MODE']} {os.environ['TOKEN']}")

    @step
    def square(self, n: int) -> int:
        return n * n

    @step
    def total(self, numbers: list[int], name: str) -> str:
        return f"{name} {sum(numbers)}"

    @step
    def leave(self, status: str, error: str, run_id: str) -> str:
        return f"{status} {bool(error)} {len(run_id)}"

    def graph(self, n: int = 4) -> str:
        parts = self.load(n)
        return self.total(self.square.map(parts.rows, concurrency=2), parts.name)


class Flaky(Workflow):
    """Fails until a file says that it was mended, and counts what ran."""

    @step
    def first(self, folder: str) -> int:
        note(folder, "first")
        return 1

    @step(retries=1)
    def second(self, n: int, folder: str) -> int:
        note(folder, f"second{n}")
        if n == 2 and not Path(folder, "mended").exists():
            raise ValueError(f"not yet: {n}")
        return 10 * n

    @step
    def last(self, numbers: list[int], folder: str) -> int:
        note(folder, "last")
        return sum(numbers)

    def graph(self, folder: str) -> int:
        one = self.first(folder)
        return self.last(self.second.partial(folder=folder).map([one, 2, 3]), folder)


class Slow(Workflow):
    """Takes longer than it may, and has something that stands in."""

    @step(timeout="300ms", on_failure=default("none"))
    def sleep(self) -> str:
        time.sleep(30)
        return "woke"

    @step
    def show(self, text: str) -> str:
        return f"<{text}>"

    def graph(self) -> str:
        return self.show(self.sleep())


class Fatal(Workflow):
    """Raises what its retries are not for."""

    @step(retries=Retry(attempts=5, on=(OSError,)))
    def broken(self) -> int:
        raise KeyError("no")

    def graph(self) -> int:
        return self.broken()


class Packaged(Workflow):
    """Asks twice for what Dagster refuses."""

    @step(packages=["scikit-learn>=1.5"])
    def fit(self) -> int:
        return 1

    @step(packages=["polars"])
    def read(self, n: int) -> int:
        return n

    @step(packages=["polars"], image="registry/with-polars:1")
    def show(self, n: int) -> int:
        return n

    def graph(self) -> int:
        return self.show(self.read(self.fit()))


class Imaged(Workflow):
    """Has an image for the packages it needs."""

    @step(packages=["polars>=1"], image="registry/with-polars:1")
    def show(self) -> int:
        return 1

    def graph(self) -> int:
        return self.show()


class Odd(Workflow):
    """Has names that mean something to Python, Dagster or pydantic."""

    @step
    def parameters(self, schema: int, copy: int) -> int:
        return schema + copy

    @step
    def join(self, n: int) -> int:
        return n

    @step
    def item(self, n: int) -> int:
        return n + 1

    @step
    def range(self, n: int) -> int:
        return n + 2

    @step
    def odd(self, n: int) -> int:
        return n + 3

    @step
    def after(self, ns: list[int]) -> int:
        return sum(ns)

    @step
    def defs(self, n: int) -> int:
        return n

    @step
    def result(self, n: int) -> int:
        return n

    def graph(
        self,
        schema: int = 1,
        copy: int = 2,
        _hidden: int = 3,
        json: int = 4,
        größe: int = 5,
        model_dump: int = 6,
        Field: int = 7,
        given: int = 8,
        Any: int = 9,
    ) -> int:
        n = self.join(self.parameters(schema, copy))
        own = [n, _hidden, json, größe, model_dump, Field, given, Any]
        ns = axl.map(lambda k: self.odd(self.range(self.item(k))), own)
        return self.result(self.defs(self.after(ns)))


def note(folder: str, word: str) -> None:
    """Write down that a step's body ran."""
    with Path(folder, "ran").open("a") as file:
        file.write(f"{word}\n")
