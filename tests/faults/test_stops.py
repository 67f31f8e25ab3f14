"""A run that is stopped at any moment ends in order, and the same command goes on."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable

import pytest

from axl.api import list_runs
from axl.io.stores import open_store
from tests.faults.history import Facts
from tests.faults.sizes import batches, name_of, size
from tests.faults.stage import Case, Stage

FLOWS = ["Chain", "Retries", "Nested"]
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
STOPS = batches(size(4, 500), 25)
COMMAND = "in _guarded"
"""A frame of every traceback that the command could have caught; before it Python is alone."""
ENDED = {"cancelled", "interrupted", "succeeded"}
"""What a stopped run may be; `interrupted` where the signal came before the engine heeds it."""


@pytest.mark.parametrize("batch", STOPS, ids=name_of)
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_stopped_at_a_moment(
    number: signal.Signals, batch: range, stage: Callable[..., Stage], facts: Callable[[Case], Facts]
) -> None:
    """Once or twice, early or late: the exit code names the signal, nothing is left, what is done stays done."""
    wrong = []
    for seed in batch:
        rng = random.Random(seed)
        case = Case(flow=rng.choice(FLOWS))
        known, slow = facts(case), rng.choice((0.0, 0.02, 0.05))
        trial = stage(case, slow)
        command = trial.start(trial.words("--grace", "1"))
        time.sleep(rng.uniform(0, known.seconds + slow * len(known.outputs) / 2))
        command.signal(number)
        if rng.random() < 0.5:
            time.sleep(rng.choice((0.0, 0.005, 0.05)))
            command.signal(number)
        said = command.wait(20)
        found = trial.warm.orphans(2)
        if said.code not in (0, 128 + number, -number):
            found.append(f"left with {said.code}: {said.err}")
        if "Traceback" in said.err and COMMAND in said.err:
            found.append(f"a traceback: {said.err[-1500:]}")
        found += [f"the run is {status}" for status in statuses(trial) if status not in ENDED]
        found += trial.go_on(known)
        wrong += [f"seed {seed}, {case}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)


def statuses(trial: Stage) -> list[str]:
    """Return what has become of each run of a trial."""
    if not (trial.store / "version").exists():
        return []
    store = open_store(str(trial.store))
    try:
        return [run.status for run in list_runs(store)]
    finally:
        store.close()
