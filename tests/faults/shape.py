"""A workflow with the shape of the flights example: maps in maps, retries, a branch, files.

Every step writes a line to the journal named by the environment when it begins, so that a trial
can tell what ran, and how often.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import axl
from axl import Retry, Workflow, step, when


def note(what: str) -> None:
    """Append one line to the journal; one write, so that lines of several processes stay whole."""
    with Path(os.environ["JOURNAL"]).open("ab", buffering=0) as file:
        file.write(f"{what}\n".encode())


class Shape(Workflow):
    @step
    def months(self, count: int) -> list[int]:
        note("months")
        return list(range(count))

    @step
    def airports(self, month: int) -> list[str]:
        note(f"airports {month}")
        return [f"{name}{month}" for name in ("EWR", "JFK", "LGA")]

    @step(retries=Retry(attempts=3, delay=0.01, on=(ConnectionError,)))
    def load(self, airport: str, folder: str) -> bytes:
        note(f"load {airport}")
        mark = Path(folder, f"failed-{airport}")
        if airport.startswith("JFK") and not mark.exists():
            mark.touch()
            raise ConnectionError(airport)
        time.sleep(0.01)
        return airport.encode() * 2000

    @step
    def clean(self, data: bytes) -> dict[str, int]:
        note(f"clean {data[:8].decode()}")
        return {data[:5].decode(): len(data)}

    @step
    def merge(self, tables: list[list[dict[str, int]]]) -> dict[str, int]:
        note("merge")
        return {key: value for month in tables for table in month for key, value in table.items()}

    @step
    def good(self, table: dict[str, int]) -> bool:
        note("good")
        return len(table) > 3

    @step
    def report(self, table: dict[str, int]) -> str:
        note("report")
        return ",".join(f"{key}={value}" for key, value in sorted(table.items()))

    def graph(self, folder: str, count: int = 4) -> str:
        tables = axl.map(
            lambda month: axl.map(
                lambda airport: self.clean(self.load(airport, folder)), self.airports(month), concurrency=2
            ),
            self.months(count),
        )
        table = self.merge(tables)
        return when(self.good(table), lambda: self.report(table), lambda: "too few")
