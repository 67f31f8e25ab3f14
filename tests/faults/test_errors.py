"""A system call that fails is a clear message or a failed attempt, and never a wrong result."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

import pytest

from tests.faults.history import Facts
from tests.faults.preload import FOREVER, Action, Plan, Whom
from tests.faults.sizes import size, some
from tests.faults.stage import Case, Stage
from tests.faults.warm import Said

Make = Callable[..., Stage]
SHARES = size(1, 4)
POINTS = size(1, 10_000)
FLOWS = ["Chain", "Retries", "Nested"]
ERRORS = ["ENOSPC", "EIO", "EDQUOT", "EMFILE", "EROFS", "EACCES"]
SQLITE = ("disk is full", "disk I/O error", "unable to open database", "readonly database", "were lost")
"""How SQLite, which keeps the number to itself, puts it."""


def wrong_with(said: Said, error: int) -> list[str]:
    """Return what is wrong with how a command left that met an error: it may succeed where nothing hung on it."""
    words = (os.strerror(error), *SQLITE)
    told = str(said.facts.get("error", "")) if said.code == 1 else said.err
    wrong = [] if said.code in (0, 1, 5) else [f"left with {said.code}"]
    if said.code in (1, 5) and not any(word in told for word in words):
        wrong.append(f"does not say {os.strerror(error)!r}")
    if "Traceback" in said.err or "mistake of axl" in said.err:
        wrong.append("shows a traceback")
    return [*wrong, said.err[-1500:]] if wrong else []


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("last", [0, FOREVER], ids=["once", "lasting"])
@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("flow", FLOWS)
def test_a_call_that_fails(
    flow: str,
    name: str,
    last: int,
    share: int,
    stage: Make,
    facts: Callable[[Case], Facts],
    calls: Callable[[Case], int],
) -> None:
    """The command says what the system refused and leaves with 5; the same command goes on afterwards."""
    case, error = Case(flow=flow, executor="inline"), vars(errno)[name]
    known, wrong = facts(case), []
    for number in some(POINTS, calls(case), f"{flow} {name} {last}")[share::SHARES]:
        trial = stage(case)
        plan = Plan(action=Action.FAIL, first=number, last=max(number, last), error=error)
        said = trial.start(drawn=trial.draw(plan)).wait()
        found = [*wrong_with(said, error), *trial.go_on(known)]
        wrong += [f"call {number}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("last", [0, FOREVER], ids=["once", "lasting"])
@pytest.mark.parametrize("name", ERRORS)
def test_a_call_that_fails_in_a_worker(
    name: str, last: int, stage: Make, facts: Callable[[Case], Facts]
) -> None:
    """What a worker cannot write fails its attempt, which says why; the same command goes on afterwards."""
    case, error = Case(flow="Nested"), vars(errno)[name]
    known, wrong = facts(case), []
    for number in some(size(1, 30), 30, f"{name} {last}"):
        trial = stage(case)
        plan = Plan(action=Action.FAIL, first=number, last=max(number, last), error=error, whom=Whom.OTHERS)
        drawn = trial.draw(plan)
        said = trial.start(drawn=drawn).wait()
        found = [*trial.warm.orphans(), *wrong_with(said, error), *trial.go_on(known)]
        wrong += [f"call {number}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("whom", [Whom.ENGINE, Whom.OTHERS], ids=["engine", "workers"])
@pytest.mark.parametrize("action", ["short", "EINTR"])
def test_calls_that_do_only_a_part(
    action: str, whom: Whom, stage: Make, facts: Callable[[Case], Facts], calls: Callable[[Case], int]
) -> None:
    """A write that takes half of the bytes is written on, and an interrupted call is made again."""
    case = Case(flow="Chain")
    known, wrong = facts(case), []
    for number in some(size(2, 10_000), calls(case), f"{action} {whom}"):
        trial = stage(case)
        drawn = trial.draw(
            Plan(action=Action.SHORTEN, first=number, last=FOREVER, whom=whom)
            if action == "short"
            else Plan(action=Action.FAIL, first=number, last=number, error=errno.EINTR, whom=whom)
        )
        said = trial.start(drawn=drawn).wait()
        found = [*wrong_with(said, errno.EINTR), *trial.go_on(known)]
        wrong += [f"call {number}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)
