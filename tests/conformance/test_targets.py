"""Every conformance workflow agrees on every target, or is refused with the feature and the author's line."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

import axl
from axl.errors import RefusedError
from axl.wire.address import Index
from tests.conformance.cases import CASES, Case

TARGETS = [path.stem for path in sorted(Path(__file__).parent.joinpath("targets").glob("*.py"))]

REFUSED: dict[str, tuple[str, ...]] = {"dagster": (), "plain": ()}
"""The workflows that a target refuses; every other one agrees."""

Fate = tuple[str, int]


def fates(run: axl.Run) -> dict[tuple[str, Index], Fate]:
    """Return what became of each instance, and after how many attempts; what was skipped is not there.

    Two tasks that compute the same are computed once; which of them is a matter of time.
    """
    return {
        (node, each.index): (each.status.replace("cached", "done"), each.attempts)
        for node in run.steps
        for each in run.step(node).instances
    }


@pytest.mark.filterwarnings("default")  # a target's own libraries may warn of what they please
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_target_agrees_or_refuses(case: Case, target: str, tmp_path: Path) -> None:
    """Result, attempts and what is skipped are those of the local engine; what cannot be is refused by name."""
    engine = importlib.import_module(f"tests.conformance.targets.{target}")
    params = case.params(tmp_path / "theirs")
    (tmp_path / "there").mkdir()
    if case.name in REFUSED[target]:
        with pytest.raises(RefusedError) as refused:
            engine.run(case.cls, params, tmp_path / "there")
        assert all(problem.where and problem.hint for problem in refused.value.problems)
        return
    theirs = engine.run(case.cls, params, tmp_path / "there")

    ours = axl.run(case.cls, case.params(tmp_path / "ours"), executor="thread", store=tmp_path / "here")

    assert (ours.status, ours.error) == (theirs.status, theirs.error)
    assert fates(ours) == fates(theirs)
    if ours.status == "succeeded":
        assert case.expected(tmp_path / "plain") == theirs.result
        assert ours.result == theirs.result
