"""Workflows whose steps note their calls, and their runs in one store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axl

Make = Callable[[str], type[axl.Workflow]]

HEAD = """
from pathlib import Path
from axl import Failed, Workflow, step

def note(text):
    with open(LOG, "a") as log:
        log.write(text + "\\n")
"""


FAN = """
class W(Workflow):
    @step{options}
    def one(self, x: int) -> int:
        note(f"one {{x}}")
        return x {change}

    @step
    def total(self, xs: list[int]) -> int:
        note("total")
        return sum(xs)

    def graph(self, xs: list[int]) -> int:
        return self.total(self.one.map(xs))
"""


def run(cls: type[axl.Workflow], xs: list[int], **how: Any) -> axl.api.Run:
    """Run inline in the store of the current folder."""
    return axl.run(cls, {"xs": xs}, executor="inline", store="store", **how)


def calls(log: Path) -> list[str]:
    """Return what was called since the last time."""
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines


def fan(change: str = "* 2", options: str = "") -> str:
    """Return the code of a map and its total."""
    return FAN.format(change=change, options=options)
