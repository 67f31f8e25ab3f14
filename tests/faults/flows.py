"""The three reference workflows of the rigs, each small: a chain, a map with retries, a nested map and a branch.

Every step notes the name of its instance, as the store's records spell it, in the journal of its trial when
it begins. Without a journal they are plain Python, which says what the result is.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import axl
from axl import Retry, Workflow, step, when

JOURNAL = "JOURNAL"
SLOW = "SLOW"


def note(step: str, *index: int) -> None:
    """Append the name of an instance to the journal, in one write; then take the time that the trial wants."""
    path = os.environ.get(JOURNAL)
    if path is None:
        return
    place = ".".join(map(str, index)) if index else "-"
    with Path(path).open("ab", buffering=0) as file:
        file.write(f"{step}/{place}\n".encode())
    time.sleep(float(os.environ.get(SLOW, "0")))


def fails_first(step: str, *index: int) -> None:
    """Fail if the journal says that this is the instance's first try."""
    path = os.environ.get(JOURNAL)
    if path is None:
        return
    place = ".".join(map(str, index)) if index else "-"
    if Path(path).read_text("utf-8").splitlines().count(f"{step}/{place}") < 2:
        raise ConnectionError(place)


class Chain(Workflow):
    """One step after the other, with values of several sizes and handlers."""

    @step
    def seed(self, n: int) -> int:
        note("seed")
        return n * 3

    @step(timeout=60)
    def grow(self, n: int) -> bytes:
        note("grow")
        print("growing")
        return bytes(range(256)) * n

    @step
    def count(self, data: bytes) -> dict[str, list[int]]:
        note("count")
        return {"sizes": [len(data) + i for i in range(1500)]}

    @step
    def report(self, sizes: dict[str, list[int]]) -> str:
        note("report")
        return f"{sum(sizes['sizes'])}"

    def graph(self, n: int = 15) -> str:
        return self.report(self.count(self.grow(self.seed(n))))


class Retries(Workflow):
    """A map of which every second item fails at its first try."""

    @step
    def items(self, n: int) -> list[int]:
        note("items")
        return list(range(n))

    @step(retries=Retry(attempts=4, delay=0.001, on=(ConnectionError,)), timeout=60)
    def load(self, i: int) -> bytes:
        note("load", i)
        if i % 2:
            fails_first("load", i)
        return b"%d," % i * 2000

    @step
    def total(self, parts: list[bytes]) -> int:
        note("total")
        return sum(len(part) for part in parts)

    def graph(self, n: int = 4) -> int:
        return self.total(self.load.map(self.items(n)))


class Nested(Workflow):
    """A map in a map, and a branch on what came of it."""

    @step
    def months(self, n: int) -> list[int]:
        note("months")
        return list(range(n))

    @step
    def airports(self, month: int) -> list[tuple[int, int]]:
        note("airports", month)
        return [(month, airport) for airport in range(2)]

    @step(timeout=60)
    def load(self, place: tuple[int, int]) -> dict[str, bytes]:
        note("load", *place)
        return {f"{place}": b"%d-%d;" % place * 1500}

    @step
    def merge(self, tables: list[list[dict[str, bytes]]]) -> dict[str, int]:
        note("merge")
        return {key: len(data) for month in tables for table in month for key, data in table.items()}

    @step
    def enough(self, sizes: dict[str, int]) -> bool:
        note("enough")
        return len(sizes) > 3

    @step
    def report(self, sizes: dict[str, int]) -> str:
        note("report")
        return ",".join(f"{key}={size}" for key, size in sizes.items())

    def graph(self, n: int = 2) -> str:
        tables = axl.map(lambda month: axl.map(self.load, self.airports(month)), self.months(n))
        sizes = self.merge(tables)
        return when(self.enough(sizes), lambda: self.report(sizes), lambda: "too few")
