"""A collection that is killed anywhere leaves a sound store, and the next one takes the rest."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import Any

import axl
from axl import api
from axl.io.stores import open_store
from axl.io.stores.memory import MemoryStore
from axl.runtime.housekeeping.garbage import Pace, collect
from axl.runtime.housekeeping.keeping import Keep
from tests.unit.runtime.garbage.large_results import assert_sound, grow_old, ids, objects, run, sweep


class Dying(MemoryStore):
    """A store whose records go one by one, as in a bucket, until the collector is killed."""

    def __init__(self, name: str, left: int) -> None:
        super().__init__(name)
        self.left = left

    def drop_records(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._die()
            super().drop_records([key])

    def drop_objects(self, digests: Iterable[str], before: float) -> None:
        for digest in digests:
            self._die()
            super().drop_objects([digest], before)

    def _die(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


def test_killed_before_any_removal_a_collection_leaves_nothing_wrong(flows: Any) -> None:
    """Wherever it ends, the store is sound, the run that stays is whole, and the next one takes the rest."""
    pace = Pace(grace=0.0, settle=0.0)
    ends = set[int]()
    for left in range(200):
        name = f"dying-{left}"
        store = open_store(f"memory://{name}")
        for by in (1, 2):
            axl.run(flows.Big, {"by": by, "n": 2}, executor="inline", store=store)
        try:
            collect(Dying(name, left), Keep(newest=1), pace)
        except KeyboardInterrupt:
            assert [] == api.verify(store).findings
            assert sum(4000 * (x + 2) for x in range(2)) == axl.get_run("latest", store).result
            collect(store, Keep(newest=1), pace)
        else:
            assert 13 == left
            break
        assert [] == api.verify(store).findings
        ends.add(len(list(store.list_keys(""))) * 1000 + len(list(store.list_objects())))
    assert 1 == len(ends)


COLLECT = """
from axl.io.stores import open_store
from axl.io.stores.memory import MemoryStore
from axl.runtime.history.run import Run
from axl.runtime.housekeeping.garbage import Pace, collect
from axl.runtime.housekeeping.keeping import Keep
print("ready", flush=True)
collect(open_store("store"), Keep(newest=1), Pace(grace=3600.0, settle=0.0))
"""


def test_a_killed_collection_leaves_nothing_wrong(flows: Any) -> None:
    """Killed anywhere, the store is sound, and the next collection takes what was left."""
    dice = random.Random(7)
    for by in range(12):
        run(flows.Big, by=by, n=20)
    kept = axl.list_runs("store", limit=1)[0].id
    for _ in range(8):
        grow_old()
        with subprocess.Popen([sys.executable, "-c", COLLECT], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(dice.random() * 0.06)
            child.kill()
        assert_sound()

    grow_old()
    sweep(keep=1)
    assert {kept} == ids()
    assert 22 == objects()  # twenty items, what `seed` printed, and the program
    assert_sound()
    assert {"cached": 22} == dict(run(flows.Big, by=11, n=20).counts)
