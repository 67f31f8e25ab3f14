"""Every conformance workflow gives what plain Python gives, wherever its steps run."""

from __future__ import annotations

from pathlib import Path

import pytest

import axl
from tests.conformance.cases import BAD, CASES, GOOD, Case

EXECUTORS = ("inline", "thread", "process")


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_agrees_with_plain_python(case: Case, executor: str, tmp_path: Path) -> None:
    """The engine's result equals that of calling graph() as a method."""
    expected = case.expected(tmp_path / "plain")

    run = axl.run(
        case.cls, case.params(tmp_path / "run"), executor=executor, workers=2, store=tmp_path / "store"
    )

    assert (run.status, run.error) == ("succeeded", "")
    assert expected == run.result


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_fails_with_the_authors_error(case: Case, executor: str, tmp_path: Path) -> None:
    """A failure names the step, the error and the message, and nothing after it runs."""
    step, error, message = case.module.FAILS

    run = axl.run(case.cls, executor=executor, workers=2, store=tmp_path / "store")

    assert run.status == "failed"
    assert step in run.error
    assert message in run.error
    with pytest.raises(axl.AxlError, match=error):
        _ = run.result


def test_there_are_enough_workflows() -> None:
    """The suite has at least forty workflows, one feature each."""
    assert len(CASES) >= 40
