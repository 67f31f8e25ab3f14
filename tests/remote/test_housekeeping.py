"""Housekeeping in a bucket: runs go, what others need stays, and damage is found and repaired."""

from __future__ import annotations

import time

import axl
from axl import api
from axl.io.store import Store
from axl.io.stores import open_store
from axl.runtime.housekeeping.garbage import Pace, collect
from axl.runtime.housekeeping.keeping import Keep


class Kept(axl.Workflow):
    """Results too large for a record."""

    @axl.step
    def grow(self, x: int, by: int) -> bytes:
        """Return bytes that are an object."""
        return bytes([x, by]) * 4000

    @axl.step
    def total(self, parts: list[bytes]) -> int:
        """Return a small result."""
        return sum(sum(part) for part in parts)

    def graph(self, xs: list[int] = [1, 2], by: int = 1) -> int:
        """A map and its sum."""
        return self.total(self.grow.partial(by=by).map(xs))


def test_keys_are_listed(store: Store) -> None:
    """In order, and by their beginning."""
    store.put_records([(key, b"x") for key in ("a/2", "a/1", "b", "a/10")])

    assert ["a/1", "a/10", "a/2"] == list(store.list_keys("a/"))
    assert ["a/1", "a/10", "a/2", "b"] == list(store.list_keys(""))


def test_old_runs_go_and_the_others_stay_whole(store: Store) -> None:
    """Everything that only the older run needs is removed, and nothing else."""
    for by in (1, 2):
        axl.run(Kept, {"by": by}, executor="inline", store=store)
    time.sleep(2.1)  # the times of a bucket may be whole seconds

    swept = collect(store, Keep(newest=1), Pace(grace=0.0, settle=0.1))
    assert (1, 3, 2) == (len(swept.runs), swept.results, swept.objects)
    assert [] == api.verify(store).findings
    assert sum(4000 * (x + 2) for x in (1, 2)) == axl.get_run("latest", store).result
    assert {"cached": 3} == dict(axl.run(Kept, {"by": 2}, executor="inline", store=store).counts)
    assert 0 == collect(store, Keep(newest=2), Pace(grace=0.0, settle=0.1)).objects


def test_a_lost_object_is_found_and_computed_again(store: Store) -> None:
    """The same command goes on with the run that has lost it."""
    run = axl.run(Kept, executor="inline", store=store)
    lost = next(digest for digest, size, _ in store.list_objects() if size > 8000)
    store.drop_objects([lost], time.time() + 60)

    found = api.verify(open_store(store.url)).findings
    assert {lost} == {each.digest for each in found}
    assert [run.id] == api.repair(api.verify(store), store).affected
    again = axl.run(Kept, executor="inline", store=store)
    assert (run.id, "succeeded", run.result) == (again.id, again.status, again.result)
    assert [] == api.verify(store).findings
