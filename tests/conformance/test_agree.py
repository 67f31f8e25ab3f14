"""Every conformance workflow gives what plain Python gives, wherever its steps run."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

import axl
from axl.dsl.infer import graph_signature
from axl.dsl.workflow import Workflow

WORKFLOWS = Path(__file__).parent / "workflows"
EXECUTORS = ("inline", "thread", "process")


@dataclass(frozen=True)
class Case:
    """One workflow, what it should give, or how it should fail."""

    name: str
    cls: type[Workflow]
    module: ModuleType

    def params(self, folder: Path) -> dict[str, object]:
        folder.mkdir()
        return {"folder": str(folder)} if "folder" in graph_signature(self.cls).parameters else {}

    def expected(self, folder: Path) -> object:
        if "EXPECTED" in vars(self.module):
            return self.module.EXPECTED
        return self.cls().graph(**self.params(folder))


def load_cases() -> Iterator[Case]:
    sys.path.insert(0, str(WORKFLOWS))
    for path in sorted(WORKFLOWS.glob("*.py")):
        module = importlib.import_module(path.stem)
        wanted = path.stem.replace("_", "")
        (cls,) = [
            value
            for name, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, Workflow) and name.lower() == wanted
        ]
        yield Case(path.stem, cls, module)


CASES = list(load_cases())
GOOD = [case for case in CASES if "FAILS" not in vars(case.module)]
BAD = [case for case in CASES if "FAILS" in vars(case.module)]


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
