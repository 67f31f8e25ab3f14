"""What must not matter does not: the names of steps, the order of definitions, a workflow around it all."""

from __future__ import annotations

from pathlib import Path

import pytest

import axl
from axl.wire.address import Index
from tests.conformance.cases import CASES, Case
from tests.conformance.targets import dagster
from tests.conformance.test_targets import Fate, fates
from tests.conformance.variants import CHANGES, PREFIX, variant

NAMED = {"inferred": ("renamed", "wrapped")}
"""Changes that a workflow cannot stand, because its names are its wiring and it has no graph()."""

PAIRS = [
    pytest.param(case, change, id=f"{case.name}-{change}")
    for case in CASES
    for change in CHANGES
    if change not in NAMED.get(case.name, ())
]
IN_DAGSTER = ("map_in_branch_in_map", "retry_in_nested_map", "sub_workflow_in_map")


def unnamed(run: axl.Run) -> dict[tuple[str, Index], Fate]:
    """Return what became of each instance, under the names that the steps had at first."""
    return {(node.replace(PREFIX, ""), index): fate for (node, index), fate in fates(run).items()}


@pytest.mark.parametrize(("case", "change"), PAIRS)
def test_nothing_changes_here(case: Case, change: str, tmp_path: Path) -> None:
    """Result, attempts and what is skipped stay, in plain Python and on the local engine."""
    other = variant(case, change, tmp_path)
    first = axl.run(case.cls, case.params(tmp_path / "first"), executor="thread", store=tmp_path / "one")

    second = axl.run(other.cls, case.params(tmp_path / "second"), executor="thread", store=tmp_path / "two")

    assert first.status == second.status
    assert fates(first) == unnamed(second)
    if first.status == "succeeded":
        assert first.result == second.result
        assert first.result == other.expected(tmp_path / "plain")


@pytest.mark.filterwarnings("default")  # Dagster warns of what it itself does
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name in IN_DAGSTER], ids=lambda case: case.name
)
def test_nothing_changes_in_dagster(
    case: Case, change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variant in Dagster gives what the workflow itself gives on the local engine, step by step."""
    other = variant(case, change, tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "there").mkdir()
    here = axl.run(case.cls, case.params(tmp_path / "first"), executor="thread", store=tmp_path / "one")

    there = dagster.run(other.cls, case.params(tmp_path / "second"), tmp_path / "there")

    assert (here.status, here.result) == (there.status, there.result)
    assert fates(here) == unnamed(there)
