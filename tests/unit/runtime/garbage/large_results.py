"""Workflows whose results are too large for a record, their runs, and collections in one store."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import axl
from axl import api
from axl.io.stores import open_store
from axl.runtime.history.run import Run
from axl.runtime.housekeeping.garbage import Pace, Swept, collect
from axl.runtime.housekeeping.keeping import Keep

HOUR = 3600.0
LONG_AGO = time.time() - 2 * HOUR
QUICK = Pace(grace=HOUR, settle=0.05)
FLOW = '''
"""Steps whose results are too large for a record."""
import time
from axl import Workflow, map, step


class Big(Workflow):
    @step
    def seed(self, n: int) -> list[int]:
        print("seed" * 2000)
        return list(range(n))

    @step
    def grow(self, x: int, by: int) -> bytes:
        return bytes([x % 256, by % 256]) * 4000

    @step
    def total(self, parts: list[bytes], fail: bool) -> int:
        if fail:
            raise ValueError("as told")
        return sum(sum(part) for part in parts)

    def graph(self, n: int = 3, by: int = 1, fail: bool = False) -> int:
        return self.total(map(lambda x: self.grow(x, by), self.seed(n)), fail)


class Nested(Workflow):
    @step
    def lists(self, n: int) -> list[list[int]]:
        return [list(range(n)), list(range(n))]

    @step
    def others(self, n: int) -> list[list[int]]:
        return [list(range(7, n + 7)), list(range(8, n + 8))]

    @step
    def add(self, x: int, y: int) -> int:
        return x + y

    @step
    def total(self, xs: list[list[int]]) -> int:
        return sum(sum(part) for part in xs)

    def graph(self, n: int = 3) -> int:
        rows = map(lambda xs, ys: map(lambda x, y: self.add(x, y), xs, ys), self.lists(n), self.others(n))
        return self.total(rows)


class Slow(Workflow):
    @step
    def seed(self, n: int) -> list[int]:
        return list(range(n))

    @step
    def first(self, x: int) -> bytes:
        time.sleep(0.02)
        return bytes([x % 256]) * 6000

    @step
    def second(self, data: bytes) -> int:
        return sum(data)

    @step
    def total(self, xs: list[int]) -> int:
        return sum(xs)

    def graph(self, n: int = 100) -> int:
        return self.total(self.second.map(self.first.map(self.seed(n))))
'''
SLOW_TOTAL = sum(6000 * x for x in range(100))


def run(cls: type[axl.Workflow], **params: object) -> Run:
    """Run inline in the store of the current folder."""
    return axl.run(cls, params, executor="inline", store="store")


def sweep(keep: int | None = None, younger: float | None = None, workflow: str = "") -> Swept:
    """Collect in the store of the current folder, with short waits."""
    store = open_store("store")
    try:
        return collect(store, Keep(newest=keep, younger=younger, workflow=workflow), QUICK)
    finally:
        store.close()


def grow_old() -> None:
    """Let every object have been written two hours ago."""
    for path in Path("store/objects").glob("*/*"):
        os.utime(path, (LONG_AGO, LONG_AGO))


def ids() -> set[str]:
    """Return the runs that there are."""
    return {each.id for each in axl.list_runs("store")}


def objects() -> int:
    """Return how many objects there are."""
    return len(list(Path("store/objects").glob("*/*")))


def assert_sound() -> None:
    """Nothing in the store is lost or damaged."""
    assert [] == api.verify("store").findings


def start_slow() -> subprocess.Popen[bytes]:
    """Start an engine on the slow workflow, in a group of its own."""
    code = (
        "import axl, garbage_flow; r = axl.run(garbage_flow.Slow, store='store', workers=2); print(r.result)"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
