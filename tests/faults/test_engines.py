"""Several engines on one store: each run has one engine, every result is right, nothing is computed twice at once."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.history import Facts
from tests.faults.sizes import batches, name_of, size
from tests.faults.stage import Case, Stage
from tests.faults.warm import Command

FLOWS = ["Chain", "Retries", "Nested"]
NAMES = ["first", "second", "third", "fourth"]
ROUNDS = batches(size(3, 100), 5)


def start_several(trial: Stage, rng: random.Random, *names: str) -> list[Command]:
    """Start two to four engines within a moment, on runs of these names, the last one for all that are left."""
    commands = []
    for place in range(rng.randint(2, 4)):
        name = names[min(place, len(names) - 1)]
        commands.append(trial.start(trial.words("--run-id", name)))
        time.sleep(rng.choice((0.0, 0.0, 0.02, 0.1)))
    return commands


@pytest.mark.parametrize("batch", ROUNDS, ids=name_of)
def test_engines_on_one_run(
    batch: range, stage: Callable[..., Stage], facts: Callable[[Case], Facts]
) -> None:
    """One engine has the run; the others leave with 6 at once and say who has it."""
    wrong = []
    for seed in batch:
        rng = random.Random(seed)
        case = Case(flow=rng.choice(FLOWS), executor=rng.choice(("process", "inline")))
        trial, known = stage(case, 0.02), facts(case)
        said = [command.wait() for command in start_several(trial, rng, "one")]
        found = [f"left with {each.code}: {each.err}" for each in said if each.code not in (0, 6)]
        found += [
            f"no holder: {each.err}" for each in said if each.code == 6 and "the run one" not in each.err
        ]
        if all(each.code for each in said):
            found.append("nobody ran it")
        found += [*trial.warm.orphans(), *trial.check(known)]
        found += counted_once(trial, known)
        wrong += [f"seed {seed}, {case}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("batch", ROUNDS, ids=name_of)
def test_engines_on_runs_of_their_own(
    batch: range, stage: Callable[..., Stage], facts: Callable[[Case], Facts]
) -> None:
    """All of them succeed with the same result; with a cache every step is executed by one of them only."""
    wrong = []
    for seed in batch:
        rng = random.Random(seed)
        case = Case(flow=rng.choice(FLOWS), executor=rng.choice(("process", "inline")))
        trial, known = stage(case, 0.02), facts(case)
        said = [command.wait() for command in start_several(trial, rng, *NAMES)]
        found = [f"left with {each.code}: {each.err}" for each in said if each.code]
        found += [f"the result is {each.out}" for each in said if each.facts.get("result") != known.result]
        found += [*trial.warm.orphans(), *trial.check(known)]
        if known.cached:
            found += counted_once(trial, known)
        wrong += [f"seed {seed}, {case}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("batch", ROUNDS, ids=name_of)
def test_an_engine_that_is_killed_beside_others(
    batch: range, stage: Callable[..., Stage], facts: Callable[[Case], Facts]
) -> None:
    """What it had claimed is computed by the others, and its own run goes on afterwards."""
    wrong = []
    for seed in batch:
        rng = random.Random(seed)
        case = Case(flow=rng.choice(FLOWS))
        trial, known = stage(case, 0.02), facts(case)
        victim, *others = start_several(trial, rng, *NAMES)
        time.sleep(rng.uniform(0, 0.3))
        victim.kill_group()
        said = [command.wait() for command in others]
        found = [f"left with {each.code}: {each.err}" for each in said if each.code]
        found += [*trial.warm.orphans(), *trial.go_on(known)]
        wrong += [f"seed {seed}, {case}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)


def test_a_store_that_is_made_by_many(stage: Callable[..., Stage]) -> None:
    """Whoever comes first makes it; nobody is turned away."""
    wrong = []
    for _ in range(size(30, 200)):
        trial = stage(Case(flow="Chain"))
        said = trial.start([str(trial.store)], entry="tests.faults.entries:put_at_once").wait()
        wrong += [said.err] * (said.code != 0)
        trial.clear()

    assert not wrong, "\n".join(wrong)


def counted_once(trial: Stage, known: Facts) -> list[str]:
    """Return the instances that ran more often than in one undisturbed run."""
    more = Counter(trial.journal()) - known.executions
    return [f"executed once too often: {name}" for name in more]
