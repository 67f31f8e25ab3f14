"""Runs go by the rules that are given, and results and objects with the last run that needs them."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest

import axl
from axl import api
from axl.errors import DamagedError, UsageError
from axl.io.stores import open_store
from axl.runtime.housekeeping.garbage import Pace, collect
from axl.runtime.housekeeping.keeping import Keep
from tests.unit.runtime.garbage.large_results import (
    HOUR,
    assert_sound,
    grow_old,
    ids,
    objects,
    run,
    start_slow,
    sweep,
)


def test_the_newest_runs_stay_with_all_that_they_need(flows: Any) -> None:
    """Older runs go, with results and objects that no run that stays has; the others read as before."""
    old, middle, new = (run(flows.Big, by=by) for by in (1, 2, 3))
    before = objects()
    grow_old()

    swept = sweep(keep=1)
    assert ({old.id, middle.id}, {new.id}) == (set(swept.runs), ids())
    # Of `seed` all three have the same result, so only `grow` and `total` go
    assert (8, 6) == (swept.results, swept.objects)
    assert (before - 6, 6 * 8018) == (objects(), swept.bytes)
    assert new.result == sum(4000 * (x + 3) for x in range(3))
    assert [bytes([x, 3]) * 4000 for x in range(3)] == axl.get_run(new.id, "store").step("grow").output
    assert "seed" in new.logs("seed")
    assert_sound()


def test_a_second_collection_finds_nothing(flows: Any) -> None:
    """What is collected is collected."""
    for by in (1, 2):
        run(flows.Big, by=by)
    grow_old()
    sweep(keep=1)

    again = sweep(keep=1)
    assert ((), 0, 0, 0) == (again.runs, again.results, again.objects, again.codes)


def test_a_result_stays_for_a_run_that_found_it(flows: Any) -> None:
    """The run that made it may go: whoever found it in the cache keeps the bytes and the entry."""
    first = run(flows.Big)
    second = run(flows.Big)
    grow_old()

    swept = sweep(keep=1)
    assert ((first.id,), 0, 0) == (swept.runs, swept.results, swept.objects)
    assert {"cached": 5} == dict(run(flows.Big).counts)
    assert [bytes([x, 1]) * 4000 for x in range(3)] == second.step("grow").output
    assert_sound()


def test_lists_that_are_mapped_over_together_stay(flows: Any) -> None:
    """Only the first of them has a record of its own in the run; the results for all are needed."""
    first = axl.run(flows.Nested, {"n": 300}, executor="inline", store="store")
    grow_old()

    swept = sweep(keep=1)
    assert (0, 0) == (swept.results, swept.objects)
    assert {"cached": 603} == dict(axl.run(flows.Nested, {"n": 300}, executor="inline", store="store").counts)
    assert first.result == axl.get_run("latest", "store").result


def test_what_was_written_lately_stays(flows: Any) -> None:
    """Objects younger than an hour are left for another time, whoever needs them."""
    run(flows.Big)
    before = objects()

    swept = sweep(keep=0)
    assert (1, 0, before) == (len(swept.runs), swept.objects, objects())
    grow_old()
    assert before == sweep(keep=0).objects
    assert 0 == objects()


def test_a_preview_changes_nothing_and_says_what_would_go(flows: Any) -> None:
    """It tells exactly what the collection after it tells."""
    for by in (1, 2):
        run(flows.Big, by=by)
    grow_old()
    before = objects()

    told = api.gc("store", keep=1, dry_run=True)
    assert (2, before) == (len(ids()), objects())
    assert told == api.gc("store", keep=1)
    assert 1 == len(told.runs)


def test_both_rules_together_keep_for_either_reason(flows: Any) -> None:
    """With `keep` and `older_than` a run stays that is new or young."""
    for by in (1, 2, 3):
        run(flows.Big, by=by)

    assert () == api.gc("store", keep=1, older_than=HOUR).runs
    assert 3 == len(ids())
    assert 2 == len(api.gc("store", keep=1, older_than=0).runs)


def test_one_workflow_can_be_named(flows: Any) -> None:
    """By its name, or by the beginning of its hash; runs of others stay."""
    big = run(flows.Big)
    slow = axl.run(flows.Slow, {"n": 2}, executor="inline", store="store")

    assert (slow.id,) == sweep(keep=0, workflow="slow").runs
    assert {big.id} == ids()
    assert (big.id,) == sweep(keep=0, workflow=big.record.hash[:12]).runs


@pytest.mark.parametrize(
    "rule", [{}, {"workflow": "big"}, {"keep": -1}, {"older_than": -1.0}, {"older_than": float("nan")}]
)
def test_without_a_rule_nothing_goes(flows: Any, rule: dict[str, Any]) -> None:
    """Somebody has to say what is to stay."""
    run(flows.Big)

    with pytest.raises(UsageError):
        api.gc("store", **rule)
    assert 1 == len(ids())


def test_a_record_that_cannot_be_read_ends_the_collection(flows: Any) -> None:
    """What it needs is not known, so no object goes."""
    run(flows.Big)
    store = open_store("store")
    store.put_record("node/other/a/-", b"{}")
    store.close()
    grow_old()
    before = objects()

    with pytest.raises(DamagedError):
        sweep(keep=1)
    assert before == objects()


def test_a_store_in_memory_is_collected_too(flows: Any) -> None:
    """The rules are those of every store."""
    store = open_store("memory://garbage")
    for by in (1, 2):
        axl.run(flows.Big, {"by": by}, executor="inline", store=store)

    swept = collect(store, Keep(newest=1), Pace(grace=0.0, settle=0.0))
    assert (1, 4, 3) == (len(swept.runs), swept.results, swept.objects)
    assert [] == api.verify(store).findings


def test_what_was_stopped_stays_until_it_is_old(flows: Any) -> None:
    """A run that could be continued goes only for its age; one that failed goes like any other."""
    failed = run(flows.Big, fail=True)
    stopped = killed(flows)
    run(flows.Big)

    assert [failed.id] == [each for each in sweep(keep=0).runs if each in (failed.id, stopped)]
    assert stopped in ids()
    assert () == sweep(younger=HOUR).runs
    time.sleep(0.2)
    assert (stopped,) == sweep(younger=0.1).runs


def killed(flows: Any) -> str:
    """Kill an engine in the middle of a run, and return the run."""
    known = ids()
    with start_slow() as engine:
        while not (new := ids() - known):
            time.sleep(0.05)
        wait_for_results(next(iter(new)))
        os.killpg(engine.pid, signal.SIGKILL)
    return next(iter(new))


def wait_for_results(run_id: str) -> None:
    """Wait until a run has some results."""
    store = open_store("store")
    while sum(1 for _ in store.list_keys(f"node/{run_id}/first/")) < 5:
        time.sleep(0.02)
    store.close()
