"""axl: write one Python class; run it here in parallel, or compile it to what your platform runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axl.dsl.control import after, map, when  # noqa: A004 (the builtin's meaning, for bodies of steps)
from axl.dsl.options import Retry, default
from axl.dsl.step import step
from axl.dsl.workflow import Workflow, workflow
from axl.errors import AxlError
from axl.ir.policy import Secret
from axl.wire.failed import Failed

if TYPE_CHECKING:
    from axl.api import get_run, list_runs, load, retry, run, trace, validate

__version__ = "0.1.0"

_LATER = {
    "validate": "axl.api",
    "get_run": "axl.api",
    "list_runs": "axl.api",
    "load": "axl.api",
    "retry": "axl.api",
    "run": "axl.api",
    "trace": "axl.api",
}

__all__ = [
    "AxlError",
    "Failed",
    "Retry",
    "Secret",
    "Workflow",
    "after",
    "default",
    "get_run",
    "list_runs",
    "load",
    "map",
    "retry",
    "run",
    "step",
    "trace",
    "validate",
    "when",
    "workflow",
]


def __getattr__(name: str) -> object:
    """Load what runs workflows on first use, so that defining them stays light."""
    if name not in _LATER:
        raise AttributeError(f"module 'axl' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 (only when one of these is asked for)

    return vars(import_module(_LATER[name]))[name]
