"""Where a workflow comes from, as a compiled file says it: folder, docstrings and digests of its steps."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

from axl import __version__
from axl.compile.place import place_of
from axl.compile.target import Origin, StepCode
from axl.dsl.describe import steps_of
from axl.dsl.workflow import Workflow
from axl.ir.nodes import IRWorkflow
from axl.runtime.code.classes import find_class
from axl.runtime.code.fingerprint import digest_of
from axl.runtime.code.packages import Home, home_of
from axl.runtime.code.program import code_of
from axl.runtime.code.target import folder_of


def origin_of(cls: type[Workflow], program: IRWorkflow, out: str | Path | None) -> Origin:
    """Return where a workflow comes from, as a file at `out` says it."""
    folder, name = place_of(out)
    return Origin(folder=_folder_from(folder, cls), steps=_steps(cls, program), name=name, axl=__version__)


def _folder_from(place: Path, cls: type[Workflow]) -> str:
    """Return where the author's module is found, seen from a folder; empty when it is installed."""
    folder = folder_of(cls)
    if not folder or home_of(cls.__module__) is not Home.OWN:
        return ""
    return Path(os.path.relpath(folder, place.resolve())).as_posix()


def _steps(cls: type[Workflow], program: IRWorkflow) -> dict[str, StepCode]:
    """Return docstring and digest of every step; of the digest, packages are no part: they differ by machine."""
    out: dict[str, StepCode] = {}
    for key, code in code_of(cls, program).items():
        source, _, name = key.partition("/")
        step = steps_of(cls if source == program.source else find_class(source))[name]
        own = digest_of(part for part in code.parts if part.where)
        doc = inspect.cleandoc(step.function.__doc__ or "")
        out[key] = StepCode(doc=doc, digest=own if code.parts else "")
    return out
