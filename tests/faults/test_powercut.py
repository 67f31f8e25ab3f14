"""A power cut loses nothing that was told to be finished, and nothing that it damages is believed."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from axl.errors import DamagedError
from axl.io.stores import open_store
from tests.faults import history
from tests.faults.entries import body_of
from tests.faults.history import Facts
from tests.faults.powercut import Disk, play
from tests.faults.preload import Call, Plan, read_log
from tests.faults.sizes import batches, name_of, size
from tests.faults.stage import Case, Stage

Make = Callable[..., Stage]
Recorded = tuple[Path, Sequence[Call], Sequence[str]]
CASES = [
    Case(flow=flow, executor=executor)
    for executor in ("inline", "process")
    for flow in ("Chain", "Retries", "Nested")
]
WRITER = "tests.faults.entries:write_much"
MENDS = False
"""Whether an engine computes anew what a power cut took from results that are committed already."""
LOST = re.compile(r"DamagedError|cannot be read: the object \S+ is (missing|damaged)")
RUNS = batches(size(16, 300), 25)
STORES = batches(size(100, 1000), 100)


def files_of(folder: Path) -> dict[str, bytes | None]:
    """Return what is in a folder, but for the map that SQLite's processes share, which is written unseen."""
    return {
        str(path): path.read_bytes() if path.is_file() else None
        for path in (folder, *folder.rglob("*"))
        if not path.name.endswith("-shm")
    }


def names_of(disk: Disk) -> dict[str, bytes | None]:
    """Return the same as `files_of`, as the log tells it."""
    return {
        path: bytes(what.now()) if what is not None else None
        for path, what in disk.names.items()
        if not path.endswith("-shm")
    }


@pytest.fixture(scope="session")
def recorded(stage: Make) -> Callable[[Case], Recorded]:
    """Where a case ran once, undisturbed, every call that changed its store, and its journal."""

    @cache
    def of(case: Case) -> Recorded:
        trial = stage(case)
        log = trial.folder / "log"
        said = trial.start(drawn=trial.draw(Plan(), log=log)).wait()
        assert said.code == 0, said.err
        return trial.disk, tuple(read_log(log)), trial.journal()

    return of


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_log_tells_everything(case: Case, recorded: Callable[[Case], Recorded]) -> None:
    """Replaying every call gives the very files that the run left, so no write escaped the log."""
    disk, calls, _ = recorded(case)

    assert files_of(disk) == names_of(play(calls, disk))


@pytest.mark.parametrize("batch", RUNS, ids=name_of)
def test_a_run_after_a_power_cut(
    batch: range, stage: Make, facts: Callable[[Case], Facts], recorded: Callable[[Case], Recorded]
) -> None:
    """A run that was told to have succeeded is whole; any other goes on with the same command."""
    wrong = []
    for seed in batch:
        rng = random.Random(seed)
        case = rng.choice(CASES)
        disk, calls, journal = recorded(case)
        moment = rng.randint(1, len(calls))
        trial, known = stage(case), facts(case)
        how = play(calls[:moment], disk).write(trial.disk, rng)
        (trial.folder / "journal").write_text("".join(f"{line}\n" for line in journal))
        told = any(call.kind == "s" and b"succeeded" in call.data for call in calls[:moment])
        found = whole(trial, known) if told else []
        found += go_on(trial, known)
        wrong += [f"seed {seed}, {case}, call {moment}, {how}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)


def go_on(trial: Stage, known: Facts) -> list[str]:
    """Go on after the cut, and return what is wrong.

    As long as an engine does not mend by itself, it may refuse what has lost an object, and say so; after
    `axl verify --repair` the same command goes on.
    """
    wrong = trial.go_on(known)
    if MENDS or not wrong or not all(LOST.search(what) for what in wrong):
        return wrong
    said = trial.start(["verify", "--repair", "--store", str(trial.store)]).wait()
    return [*trial.go_on(known), *[f"verify left with {said.code}: {said.err}"] * (said.code == 70)]


def whole(trial: Stage, known: Facts) -> list[str]:
    """Return what is wrong with a store that a power cut met after its run was told to have succeeded."""
    copy = trial.folder / "after-cut"
    shutil.copytree(trial.store, copy)
    found = history.check(copy, known, trial.journal())
    shutil.rmtree(copy)
    return [f"told, and lost: {what}" for what in found if not what.startswith("left behind")]


@pytest.mark.parametrize("batch", STORES, ids=name_of)
def test_a_store_after_a_power_cut(batch: range, stage: Make) -> None:
    """What was synced is there and right; the rest is right, or not there, or refused as damaged."""
    wrong = []
    for first in range(batch.start, batch.stop, 20):
        wrong += cut(stage(Case(flow="Chain")), range(first, min(first + 20, batch.stop)))

    assert not wrong, "\n".join(wrong)


def cut(trial: Stage, seeds: range) -> list[str]:
    """Write much into a store, cut the power at a moment for each seed, and return what is wrong afterwards."""
    wrong, log = [], trial.folder / "log"
    drawn = trial.draw(Plan(), log=log)
    said = trial.start([str(trial.store), str(seeds.start)], drawn=drawn, entry=WRITER).wait()
    assert said.code == 0, said.err
    calls = tuple(read_log(log))
    for seed in seeds:
        rng = random.Random(seed)
        moment = rng.randint(1, len(calls))
        target = trial.folder / "after-cut"
        how = play(calls[:moment], trial.disk).write(target, rng)
        found = lost(target / "store", calls[:moment])
        wrong += [f"seed {seed}, call {moment}, {how}: {what}" for what in found]
        shutil.rmtree(target, ignore_errors=True)
    trial.clear()
    return wrong


def lost(folder: Path, calls: Sequence[Call]) -> list[str]:
    """Return what is wrong with a store of `write_much` after a power cut."""
    told = [
        int(call.data.split()[1]) for call in calls if call.kind == "s" and call.data.startswith(b"synced")
    ]
    synced = max(told, default=-1)
    store = open_store(str(folder))
    wrong = []
    try:
        for number in range(25):
            body = store.get_record(f"n/{number:03}")
            if body is None:
                wrong += [f"the record {number} is lost"] * (number <= synced)
                continue
            try:
                data = bytes(store.read(body.decode()))
            except DamagedError as error:
                wrong += [f"the object {number} is lost: {error.what}"] * (number <= synced)
                continue
            wrong += [f"the object {number} is wrong"] * (data != body_of(number))
    finally:
        store.close()
    return wrong
