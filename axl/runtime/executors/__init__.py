"""Where attempts run: in isolated worker processes, in threads, or right here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from axl.errors import UsageError

if TYPE_CHECKING:
    from axl.runtime.executors.base import Executor, Setup

EXECUTORS = {
    "process": "axl.runtime.executors.process:ProcessExecutor",
    "thread": "axl.runtime.executors.thread:ThreadExecutor",
    "inline": "axl.runtime.executors.inline:InlineExecutor",
}


def open_executor(name: str, setup: Setup) -> Executor:
    """Start the executor of a name; `UsageError` when there is none."""
    if name not in EXECUTORS:
        raise UsageError(f"there is no executor {name!r}", hint=f"executors: {', '.join(EXECUTORS)}")
    module, _, cls = EXECUTORS[name].partition(":")
    return cast("Executor", vars(import_module(module))[cls](setup))
