"""Damaged bytes are noticed: every read gives what was written, or says that it is damaged."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from tests.faults.damage import hurt
from tests.faults.history import Facts
from tests.faults.sizes import batches, name_of, size
from tests.faults.stage import Case, Stage

CASES = [Case(flow=flow, executor="inline") for flow in ("Chain", "Retries", "Nested")]
READS = batches(size(300, 10_000), 100)
RUNS = batches(size(12, 400), 12)
WORDS = ("damaged", "missing", "cannot be read", "were lost", "malformed", "has format")


@pytest.fixture(scope="session")
def stores(
    stage: Callable[..., Stage], facts: Callable[[Case], Facts]
) -> Callable[[Case], tuple[Path, Path]]:
    """The stores of a case's finished run, and of one that was killed when most of it was done."""

    @cache
    def of(case: Case) -> tuple[Path, Path]:
        known = facts(case)
        whole, killed = stage(case), stage(case, 0.05)
        assert whole.start().wait().code == 0
        command = killed.start()
        while len(killed.journal()) < len(known.outputs):
            time.sleep(0.01)
        command.kill_group()
        return whole.store, killed.store

    return of


@pytest.mark.parametrize("batch", READS, ids=name_of)
def test_reading_what_is_damaged(
    batch: range, stage: Callable[..., Stage], stores: Callable[[Case], tuple[Path, Path]]
) -> None:
    """Every door gives the right bytes, a `StoreError`, or nothing; never a wrong value or another error."""
    rng = random.Random(batch.start)
    case = rng.choice(CASES)
    store = rng.choice(stores(case))
    trial = stage(case)
    words = [str(store), str(trial.folder), str(batch.start), str(batch.stop)]
    said = trial.start(words, entry="tests.faults.damage:main").wait(300)

    assert said.code == 0, said.err
    wrong = cast("list[str]", said.facts["wrong"])
    print(f"{said.facts['silent']} of {len(batch)}: records are gone, and SQLite does not notice")
    assert not wrong, "\n".join(wrong)
    trial.clear()


@pytest.mark.parametrize("batch", RUNS, ids=name_of)
def test_running_on_what_is_damaged(
    batch: range,
    stage: Callable[..., Stage],
    facts: Callable[[Case], Facts],
    stores: Callable[[Case], tuple[Path, Path]],
) -> None:
    """The same command gives the right result, or says what is damaged."""
    wrong = []
    for seed in batch:
        rng = random.Random(seed)
        case = rng.choice(CASES)
        known, trial = facts(case), stage(case)
        shutil.copytree(rng.choice(stores(case)), trial.store)
        done = hurt(trial.store, rng)
        said = trial.start().wait()
        told = f"{said.facts.get('error', '')}{said.err}"
        found = []
        if said.code == 0 and said.facts.get("result") != known.result:
            found.append(f"a wrong result: {said.out}")
        if said.code not in (0, 1, 5) or "Traceback" in said.err:
            found.append(f"left with {said.code}: {said.err}")
        if said.code in (1, 5) and not any(word in told for word in WORDS):
            found.append(f"does not say what is damaged: {told}")
        wrong += [f"seed {seed}, {case}, {done}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)
