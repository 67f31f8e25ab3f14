"""A run that is killed at any moment goes on with the same command and gives the same result."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.history import Facts
from tests.faults.sizes import batches, name_of, size
from tests.faults.stage import Case, Stage
from tests.faults.trial import Trial, finish, kill_group

FLOWS = ["Chain", "Retries", "Nested"]
KILLS = batches(size(8, 1000), 20)


@pytest.mark.parametrize("batch", KILLS, ids=name_of)
def test_killed_at_a_moment(
    batch: range, stage: Callable[..., Stage], facts: Callable[[Case], Facts]
) -> None:
    """After kill -9 of the group: nothing lives on, nothing committed runs again, the result is the same."""
    wrong = []
    for seed in batch:
        rng = random.Random(seed)
        case = Case(flow=rng.choice(FLOWS))
        known, slow = facts(case), rng.choice((0.0, 0.01, 0.03))
        trial = stage(case, slow)
        found = []
        for _ in range(rng.choice((1, 1, 2))):
            command = trial.start()
            time.sleep(rng.uniform(0, known.seconds + slow * len(known.outputs) / 2))
            command.kill_group()
            found += trial.warm.orphans()
        found += trial.go_on(known)
        wrong += [f"seed {seed}, {case}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("batch", batches(size(3, 200), 20), ids=name_of)
def test_everything_is_killed_at_once(
    batch: range, stage: Callable[..., Stage], facts: Callable[[Case], Facts]
) -> None:
    """The same where nobody is left to clean up, as when a container is killed; only its /tmp has litter."""
    wrong = []
    for seed in batch:
        rng = random.Random(seed)
        case = Case(flow=rng.choice(FLOWS))
        known = facts(case)
        trial = stage(case, 0.01)
        command = trial.start()
        time.sleep(rng.uniform(0, known.seconds + 0.05))
        command.kill_tree()
        found = [*trial.warm.orphans(), *trial.go_on(known)]
        wrong += [f"seed {seed}, {case}: {what}" for what in found if not what.startswith("temporary file")]
        trial.clear()

    assert not wrong, "\n".join(wrong)


def test_a_cold_command_is_killed(tmp_path: Path) -> None:
    """The same with a command that was started by the shell's own means, and a larger workflow."""
    whole = Trial(tmp_path / "whole")
    code, facts, said = finish(
        whole.start(whole.command("shape.py:Shape", "--param", f"folder={whole.flags}"))
    )
    assert code == 0, said
    trial = Trial(tmp_path / "killed")
    argv = trial.command("shape.py:Shape", "--param", f"folder={trial.flags}")
    for seconds in (0.5, 0.9):
        process = trial.start(argv)
        time.sleep(seconds)
        kill_group(process)
        assert trial.wait_until_gone() == []
    code, again, said = finish(trial.start(argv))

    assert code == 0, said
    assert facts["result"] == again["result"]
    assert trial.wait_until_gone() == []
    assert trial.leftovers() == []


def test_the_signal_that_nobody_catches(stage: Callable[..., Stage]) -> None:
    """The exit code of a killed engine is the signal's."""
    trial = stage(Case(flow="Chain"), 0.2)
    command = trial.start()
    time.sleep(0.1)
    command.kill_group()

    assert -signal.SIGKILL == command.wait().code
    assert trial.warm.orphans() == []
