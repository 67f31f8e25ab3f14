"""No engine and no other collection is the worse for one that goes on beside it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

import axl
from axl import api
from axl.errors import LockedError
from axl.io.stores import open_store
from axl.io.stores.memory import MemoryStore
from axl.runtime.housekeeping.garbage import Pace, Swept, collect
from axl.runtime.housekeeping.keeping import Keep
from tests.unit.runtime.garbage.large_results import (
    LONG_AGO,
    SLOW_TOTAL,
    assert_sound,
    grow_old,
    ids,
    run,
    start_slow,
    sweep,
)


def test_a_run_that_an_engine_holds_stays(flows: Any) -> None:
    """Whatever its age; it is told as busy."""
    done = run(flows.Big)
    store = open_store("store")
    with store.lock(f"run-{done.id}", "a test"):
        swept = sweep(keep=0)
        told = api.gc("store", keep=0, dry_run=True)

    assert ((), (done.id,)) == (swept.runs, swept.busy) == (told.runs, told.busy)
    assert done.result == axl.get_run(done.id, "store").result
    store.close()


def test_two_collections_exclude_each_other(flows: Any) -> None:
    """The second one is told who collects."""
    run(flows.Big)
    store = open_store("store")
    with store.lock("gc", "a test"), pytest.raises(LockedError, match="a test"):
        sweep(keep=0)
    store.close()


class Beside(MemoryStore):
    """An engine's store: right after the first result is found in it, and before the engine goes on, `then` runs."""

    def __init__(self, name: str, then: Callable[[], None]) -> None:
        super().__init__(name)
        self.then: Callable[[], None] | None = then

    def get_records(self, keys: Sequence[str]) -> list[bytes | None]:
        found = super().get_records(keys)
        if self.then is not None and keys and keys[0].startswith("cache/") and any(found):
            then, self.then = self.then, None
            then()
        return found


class Watched(MemoryStore):
    """A collector's store, which says when results were dropped."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.dropped = threading.Event()

    def drop_records(self, keys: Iterable[str]) -> None:
        some = list(keys)
        super().drop_records(some)
        if any(key.startswith("cache/") for key in some):
            self.dropped.set()


def test_a_result_that_was_found_just_before_it_was_dropped_stays(flows: Any) -> None:
    """The engine records it while the collector waits; what its record names is not removed."""
    axl.run(flows.Big, {"n": 2}, executor="inline", store="memory://found")
    collector = Watched("found")
    work = threading.Thread(
        target=lambda: collect(collector, Keep(newest=0), Pace(grace=0.0, settle=1.0)), daemon=True
    )

    def begin_to_collect() -> None:
        work.start()
        assert collector.dropped.wait(10)

    run = axl.run(flows.Big, {"n": 2}, executor="inline", store=Beside("found", begin_to_collect))
    work.join(10)
    assert ("succeeded", sum(4000 * (x + 1) for x in range(2))) == (run.status, run.result)
    assert [bytes([x, 1]) * 4000 for x in range(2)] == run.step("grow").output
    assert [] == api.verify("memory://found").findings


def test_an_engine_that_is_held_up_loses_nothing(flows: Any) -> None:
    """What it found stays as long as it is at work, however long its record takes; then it may go."""
    axl.run(flows.Big, {"n": 2}, executor="inline", store="memory://slow")
    pace, swept = Pace(grace=0.0, settle=0.0), list[Swept]()

    def collect_all() -> None:
        swept.append(collect(open_store("memory://slow"), Keep(newest=0), pace))

    run = axl.run(flows.Big, {"n": 2}, executor="inline", store=Beside("slow", collect_all))
    assert swept[0].later > 0
    assert ("succeeded", sum(4000 * (x + 1) for x in range(2))) == (run.status, run.result)
    assert [] == api.verify("memory://slow").findings
    assert 0 == collect(open_store("memory://slow"), Keep(newest=0), pace).later
    assert [] == list(open_store("memory://slow").list_objects())


def test_collections_beside_an_engine_take_nothing_from_it(flows: Any) -> None:
    """While a run of 200 steps finds old results and makes new ones, everything else goes, again and again."""
    first = axl.run(flows.Slow, {"n": 60}, store="store", workers=2)
    grow_old()
    engine = start_slow()
    rounds = 0
    while engine.poll() is None or rounds < 20:
        sweep(keep=0)
        assert_sound()
        grow_old_unused()
        rounds += 1
    out = engine.communicate()[0]

    assert f"{SLOW_TOTAL}\n".encode() == out
    assert first.id not in ids()
    assert rounds >= 20
    assert_sound()


def grow_old_unused() -> None:
    """Let objects that are half a second old count as old: far more hostile than an hour."""
    for path in Path("store/objects").glob("*/*"):
        if path.stat().st_mtime < time.time() - 0.5:
            os.utime(path, (LONG_AGO, LONG_AGO))
