"""A run that is killed at any moment goes on with the same command and gives the same result."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.trial import Trial, finish, kill_group

TRIALS = int(os.environ.get("AXL_KILLS", "12"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, float]:
    """Return the result of an uninterrupted run, and how long it took."""
    folder = tmp_path_factory.mktemp("whole")
    trial = Trial(folder)
    began = time.monotonic()
    code, facts, said = finish(
        trial.start(trial.command("shape.py:Shape", "--param", f"folder={folder / 'flags'}"))
    )
    assert code == 0, said
    return str(facts["result"]), time.monotonic() - began


@pytest.mark.parametrize("seed", range(TRIALS))
def test_killed_and_run_again(seed: int, whole: tuple[str, float], tmp_path: Path) -> None:
    """After kill -9 of the group: nothing lives on, nothing committed runs again, the result is the same."""
    expected, seconds = whole
    rng = random.Random(seed)
    trial = Trial(tmp_path)
    argv = trial.command("shape.py:Shape", "--param", f"folder={tmp_path / 'flags'}")

    for _ in range(rng.choice((1, 1, 2))):
        process = trial.start(argv)
        time.sleep(rng.uniform(0.05, 0.9 * seconds))
        kill_group(process)
        assert trial.wait_until_gone() == []
    committed = set() if trial.succeeded() else trial.committed()
    began_before = Counter(trial.lines())
    code, facts, said = finish(trial.start(argv))

    assert code == 0, f"seed {seed}: {said}"
    assert expected == facts["result"], f"seed {seed}"
    again = Counter(trial.lines()) - began_before
    assert not (set(again) & ran_for(committed)), f"seed {seed}: ran again {set(again) & ran_for(committed)}"
    assert trial.wait_until_gone() == []
    assert trial.leftovers() == []


def ran_for(committed: set[str]) -> set[str]:
    """Return the journal lines of committed instances."""
    lines = set()
    for instance in committed:
        node, _, index = instance.partition("/")
        numbers = [] if index == "-" else [int(part) for part in index.split(".")]
        if not numbers:
            lines.add(node)
        elif node == "airports":
            lines.add(f"airports {numbers[0]}")
        elif node == "load":
            lines.add(f"load {('EWR', 'JFK', 'LGA')[numbers[1]]}{numbers[0]}")
        elif node == "clean":
            airport = f"{('EWR', 'JFK', 'LGA')[numbers[1]]}{numbers[0]}"
            lines.add(f"clean {(airport * 2)[:8]}")
    return lines
