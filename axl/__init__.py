"""axl: write one Python class; run it here in parallel, or compile it to what your platform runs."""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for true; `typing` is a third of a bare start
if TYPE_CHECKING:
    from axl.api import get_run, list_runs, load, retry, run, trace, validate
    from axl.dsl.control import after, map, when  # noqa: A004 (the builtin's meaning, for bodies of steps)
    from axl.dsl.options import Retry, default
    from axl.dsl.step import step
    from axl.dsl.workflow import Workflow, workflow
    from axl.errors import AxlError
    from axl.ir.policy import Secret
    from axl.wire.failed import Failed

__version__ = "0.1.0"

_HOMES = {
    "AxlError": "axl.errors",
    "Failed": "axl.wire.failed",
    "Retry": "axl.dsl.options",
    "Secret": "axl.ir.policy",
    "Workflow": "axl.dsl.workflow",
    "after": "axl.dsl.control",
    "default": "axl.dsl.options",
    "get_run": "axl.api",
    "list_runs": "axl.api",
    "load": "axl.api",
    "map": "axl.dsl.control",
    "retry": "axl.api",
    "run": "axl.api",
    "step": "axl.dsl.step",
    "trace": "axl.api",
    "validate": "axl.api",
    "when": "axl.dsl.control",
    "workflow": "axl.dsl.workflow",
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
    """Load a name on first use: the command line and the runner start without what they do not need."""
    if name not in _HOMES:
        raise AttributeError(f"module 'axl' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 (only when one of these is asked for)

    found: object = vars(import_module(_HOMES[name]))[name]
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
