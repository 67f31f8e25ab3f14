"""The runner of one attempt: killed at any call, and two of them at once on the same attempt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from axl.io.stores import open_store
from axl.wire.address import node_key
from axl.wire.record import decode_node
from axl.wire.spec import OutputSpec, TaskSpec
from axl.wire.values import Lit, Ref
from tests.faults.preload import Action, Plan
from tests.faults.sizes import size, some
from tests.faults.stage import Case, Stage
from tests.faults.warm import ROOT

RUNNER = "tests.faults.entries:run_attempt"
KEY = node_key("one", "grow", ())
MORE = 8


def write_spec(trial: Stage) -> list[str]:
    """Write the spec of one attempt, and return the words that name it."""
    spec = TaskSpec(
        run="one",
        node="grow",
        workflow="tests.faults.flows:Chain",
        path=str(ROOT),
        step="grow",
        inputs=(("n", Lit("45")),),
        outputs=(OutputSpec(name="result", handler="bytes"),),
        store=str(trial.store),
    )
    path = trial.folder / "spec.json"
    path.write_bytes(spec.encode())
    return [str(path)]


def record_of(folder: Path) -> bytes | None:
    """Return the record of the attempt's instance."""
    store = open_store(str(folder))
    try:
        return store.get_record(KEY)
    finally:
        store.close()


def value_of(folder: Path) -> bytes:
    """Return what the attempt has stored."""
    store = open_store(str(folder))
    try:
        ((_, value),) = decode_node(store.get_record(KEY) or b"", KEY).outputs
        assert isinstance(value, Ref)
        return bytes(value.data or store.read(value.digest))
    finally:
        store.close()


@pytest.mark.parametrize("action", [Action.KILL_BEFORE, Action.KILL_AFTER], ids=["before", "after"])
def test_killed_at_a_call(action: Action, stage: Callable[..., Stage]) -> None:
    """The same spec again commits the result, once, and leaves nothing."""
    case, wrong = Case(flow="Chain"), []
    counted = stage(case)
    drawn = counted.draw(Plan())
    assert counted.start(write_spec(counted), drawn=drawn, entry=RUNNER).wait().code == 0
    for number in some(size(6, 10_000), drawn.count + MORE, str(action)):
        trial = stage(case)
        words = write_spec(trial)
        plan = trial.draw(Plan(action=action, first=number, last=number))
        trial.start(words, drawn=plan, entry=RUNNER).wait()
        found = trial.warm.orphans()
        said = trial.start(words, entry=RUNNER).wait()
        if said.code or json.loads(said.out)["status"] != "done":
            found.append(f"left with {said.code}: {said.out} {said.err}")
        elif value_of(trial.store) != bytes(range(256)) * 45:
            found.append("a wrong value")
        if not 1 <= len(trial.journal()) <= 2:
            found.append(f"executed {len(trial.journal())} times")
        wrong += [f"call {number}: {what}" for what in found]
        trial.clear()

    assert not wrong, "\n".join(wrong)


def test_two_at_once(stage: Callable[..., Stage]) -> None:
    """Both succeed, and the record is the first one's, whoever comes later."""
    for _ in range(size(1, 20)):
        assert twice(stage(Case(flow="Chain"))) == []


def twice(trial: Stage) -> list[str]:
    """Run one attempt twice at once, the one that begins first ends last; return what is wrong."""
    words, wrong, records, commands = write_spec(trial), [], [], []
    for trial.slow in (1.0, 0.5):
        commands.append(trial.start(words, entry=RUNNER))
    for command in reversed(commands):
        said = command.wait()
        if said.code:
            wrong.append(f"left with {said.code}: {said.err}")
        records.append(record_of(trial.store))
    if len(trial.journal()) != 2:
        wrong.append("they did not run at once")
    if records[0] != records[1]:
        wrong.append("the record has changed")
    trial.clear()
    return wrong
