"""Whatever ends a worker, only its attempt fails, the message says how, and the same command goes on."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.faults.deaths import WAYS
from tests.faults.history import Facts
from tests.faults.sizes import batches, name_of, size
from tests.faults.stage import Case, Stage

OTHERS = 3
QUICK = [way for way in WAYS if way != "stubborn"]
"""All but the one that takes the seconds between SIGTERM and SIGKILL, and has a test of its own."""
DEATHS = batches(size(13, 200), 20)


@pytest.mark.parametrize("batch", DEATHS, ids=name_of)
def test_the_death_of_a_worker(
    batch: range, stage: Callable[..., Stage], facts: Callable[[Case], Facts]
) -> None:
    """The siblings have their results, the failure is named, nothing lives on; then the item alone runs again."""
    wrong = []
    for seed in batch:
        rng = random.Random(seed)
        wrong += [f"seed {seed}: {what}" for what in died(stage, facts, QUICK[seed % len(QUICK)], rng)]

    assert not wrong, "\n".join(wrong)


def test_a_worker_that_does_not_heed(stage: Callable[..., Stage], facts: Callable[[Case], Facts]) -> None:
    """A step that ignores SIGTERM after its time is over is killed."""
    assert died(stage, facts, "stubborn", random.Random(0)) == []


def died(
    stage: Callable[..., Stage],
    facts: Callable[[Case], Facts],
    way: str,
    rng: random.Random,
) -> list[str]:
    """Let one of four items go its way, and return everything that is wrong."""
    case = Case(flow="Deaths", file="deaths.py", params=(f"way={way}", f"victim={rng.randrange(4)}"))
    known, trial = facts(Case(flow="Deaths", file="deaths.py")), stage(case)
    said = trial.start(trial.words("--keep-going")).wait()
    wrong = trial.warm.orphans(2)
    if said.code != 1:
        wrong.append(f"left with {said.code}: {said.err}")
    if WAYS[way][1] not in str(said.facts.get("error")):
        wrong.append(f"the error does not say {WAYS[way][1]!r}: {said.facts.get('error')}")
    done = [name for name in trial.committed(known) if name.startswith("act/")]
    if len(done) != OTHERS:
        wrong.append(f"these items have a result: {sorted(done)}")
    wrong += trial.go_on(known)
    trial.clear()
    return [f"{way}: {what}" for what in wrong]
