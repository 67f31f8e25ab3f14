"""The rigs notice what they are made for: each of these stores breaks one promise, and one rig finds it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.faults.history import Facts
from tests.faults.preload import Action, Plan, read_log
from tests.faults.stage import Case, Stage
from tests.faults.test_powercut import cut
from tests.faults.test_runner import twice

Make = Callable[..., Stage]
SOUND = Case(flow="Chain", executor="inline")
DRIFT = (0, 4, -4, 8, -8, 2, -2)
"""How many calls later than in another run the same call may come: SQLite writes a page more or less."""
MOST = 40
"""How many trials a rig may need to find what is broken."""


def broken(name: str) -> Case:
    """Return the sound case on a broken store."""
    return Case(flow="Chain", executor="inline", broken=name)


def calls_on_objects(stage: Make, case: Case) -> list[int]:
    """Return the numbers of the calls by which a case makes and writes objects."""
    trial = stage(case)
    log = trial.folder / "log"
    trial.start(drawn=trial.draw(Plan(), log=log)).wait()
    calls = [call for call in read_log(log) if call.kind in "cwh"]
    trial.clear()
    numbers = [call.number for call in calls if "/objects/" in f"{call.path} {call.target}"]
    return [number + late for late in DRIFT for number in numbers]


@pytest.mark.parametrize(
    ("name", "action"),
    [("in-place", Action.KILL_AFTER), ("records-first", Action.KILL_BEFORE)],
    ids=["in-place", "records-first"],
)
def test_kill_points_find(name: str, action: Action, stage: Make, facts: Callable[[Case], Facts]) -> None:
    """A kill in the middle of writing leaves half an object, or a record without its object."""
    known, found = facts(SOUND), []
    for number in calls_on_objects(stage, broken(name)):
        trial = stage(broken(name))
        drawn = trial.draw(Plan(action=action, first=number, last=number))
        found = trial.killed(drawn, known)
        trial.clear()
        if found:
            break

    assert found != []


def test_power_cuts_find_what_was_not_synced(stage: Make) -> None:
    """What was told to be synced is lost."""
    assert any(cut(stage(broken("unsynced")), range(seed, seed + 10)) for seed in (0, 10, 20))


def test_damage_finds_what_is_not_verified(stage: Make) -> None:
    """A wrong value is read as if it were right."""
    trial = stage(SOUND)
    assert trial.start().wait().code == 0
    reader = stage(broken("unverified"))
    words = [str(trial.store), str(reader.folder), "0", str(MOST)]
    said = reader.start(words, entry="tests.faults.damage:main").wait()

    assert json.loads(said.out)["wrong"] != []


def test_the_checker_finds_a_record_that_is_missing(stage: Make, facts: Callable[[Case], Facts]) -> None:
    """A run that says that it has succeeded lacks an instance, or what it computed runs again."""
    known, trial = facts(SOUND), stage(broken("forgetful"))
    trial.start().wait()

    assert [*trial.check(known), *trial.go_on(known)] != []


def test_two_runners_find_a_record_that_is_overwritten(stage: Make) -> None:
    """The second writer's record stands, though the first one's was told."""
    assert twice(stage(Case(flow="Chain", broken="overwriting"))) == ["the record has changed"]


def test_the_sound_store_is_not_found(stage: Make, facts: Callable[[Case], Facts]) -> None:
    """None of these rigs finds anything wrong with the store that is used."""
    trial = stage(SOUND)
    assert trial.start().wait().code == 0

    assert trial.check(facts(SOUND)) == []
    assert cut(stage(SOUND), range(10)) == []
    assert twice(stage(Case(flow="Chain"))) == []
