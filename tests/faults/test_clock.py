"""The wall clock may jump by a day while a run goes on, or between two runs."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from axl.api import get_run, list_runs
from axl.io.stores import open_store
from tests.faults.history import Facts
from tests.faults.preload import Plan
from tests.faults.sizes import batches, name_of, size
from tests.faults.stage import Case, Stage

FLOWS = ["Chain", "Retries", "Nested"]
DAY = 86_400.0
JUMPS = batches(size(4, 60), 20)


@pytest.mark.parametrize("batch", JUMPS, ids=name_of)
def test_the_clock_jumps_while_a_run_goes_on(
    batch: range, stage: Callable[..., Stage], facts: Callable[[Case], Facts]
) -> None:
    """Nothing times out, no wait becomes longer, no duration is negative; also when the engine is killed."""
    wrong = []
    for seed in batch:
        rng = random.Random(seed)
        case = Case(flow=rng.choice(FLOWS))
        known = facts(case)
        trial = stage(case, 0.02)
        drawn = trial.draw(Plan())
        command = trial.start(drawn=drawn)
        for _ in range(rng.choice((1, 2))):
            time.sleep(rng.uniform(0, known.seconds))
            drawn.shift_clock(rng.choice((-DAY, DAY)))
        if rng.random() < 0.3:
            command.kill_group()
        said = command.wait(30)
        found = trial.warm.orphans()
        if said.code not in (0, -9):
            found.append(f"left with {said.code}: {said.err}")
        found += trial.go_on(known)
        wrong += [f"seed {seed}, {case}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("days", [-1, 1])
def test_the_clock_jumps_between_two_runs(
    days: int, stage: Callable[..., Stage], facts: Callable[[Case], Facts]
) -> None:
    """The run that was begun last is the latest, whatever the clock said when it was."""
    case = Case(flow="Chain", executor="inline")
    known, trial = facts(case), stage(case)
    begun = []
    for shift in (0, days):
        drawn = trial.draw(Plan())
        drawn.shift_clock(shift * DAY)
        said = trial.start(trial.words("--fresh"), drawn=drawn).wait()
        assert said.code == 0, said.err
        begun.append(said.facts["run"])
    store = open_store(str(trial.store))
    runs = [run.id for run in list_runs(store)]
    latest = get_run("latest", store).id
    store.close()

    assert trial.check(known) == []
    assert (begun[::-1], begun[-1]) == (runs, latest)
    trial.clear()
