"""Garbage: what goes, what stays, and that no engine and no kill is ever the worse for it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import axl
from axl import api
from axl.errors import DamagedError, LockedError, UsageError
from axl.io.stores import open_store
from axl.io.stores.memory import MemoryStore
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


@pytest.fixture
def flows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the workflows, in a folder of its own that is the current one."""
    (tmp_path / "garbage_flow.py").write_text(FLOW)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield __import__("garbage_flow")
    sys.modules.pop("garbage_flow", None)


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


def start_slow() -> subprocess.Popen[bytes]:
    """Start an engine on the slow workflow, in a group of its own."""
    code = (
        "import axl, garbage_flow; r = axl.run(garbage_flow.Slow, store='store', workers=2); print(r.result)"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)


def wait_for_results(run_id: str) -> None:
    """Wait until a run has some results."""
    store = open_store("store")
    while sum(1 for _ in store.list_keys(f"node/{run_id}/first/")) < 5:
        time.sleep(0.02)
    store.close()


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


def test_two_collections_exclude_each_other(flows: Any) -> None:
    """The second one is told who collects."""
    run(flows.Big)
    store = open_store("store")
    with store.lock("gc", "a test"), pytest.raises(LockedError, match="a test"):
        sweep(keep=0)
    store.close()


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
