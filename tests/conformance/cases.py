"""The workflows of the conformance suite: one file and one feature each, plain Python is the judge."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from axl.dsl.infer import graph_signature
from axl.dsl.workflow import Workflow

WORKFLOWS = Path(__file__).parent / "workflows"


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
    if str(WORKFLOWS) not in sys.path:
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
