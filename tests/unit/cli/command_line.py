"""The commands that many tests run, and what comes of a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

RUN = ("run", "local", "good.py:Good", "--executor", "inline")
QUIET = (*RUN, "-q")
BROKEN = (*RUN, "--param", "ns=[1,-1]", "--run-id", "broken")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str


Axl = Callable[..., Done]
