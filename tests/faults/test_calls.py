"""A run that is killed at any call on its store goes on with the same command."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.history import Facts
from tests.faults.preload import Action, Plan
from tests.faults.sizes import size, some
from tests.faults.stage import Case, Stage

Make = Callable[..., Stage]
SHARES = size(1, 8)
MORE = 12
"""Calls beyond the counted ones: how often workers and engine look for each other varies."""
CASES = [Case(flow="Chain"), Case(flow="Retries"), Case(flow="Nested")]
POINTS = size(5, 10_000)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("action", [Action.KILL_BEFORE, Action.KILL_AFTER], ids=["before", "after"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_killed_at_a_call(
    case: Case,
    action: Action,
    share: int,
    stage: Make,
    facts: Callable[[Case], Facts],
    calls: Callable[[Case], int],
) -> None:
    """Whatever call was the last, half done or not: same result, nothing committed runs again, nothing is left."""
    known, wrong = facts(case), []
    for number in some(POINTS, calls(case) + MORE, f"{case} {action}")[share::SHARES]:
        trial = stage(case)
        drawn = trial.draw(Plan(action=action, first=number, last=number))
        wrong += [f"call {number}: {what}" for what in trial.killed(drawn, known)]
        trial.clear()

    assert not wrong, "\n".join(wrong)
