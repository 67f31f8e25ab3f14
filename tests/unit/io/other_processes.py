"""Other processes that use a test's store: how to hear them, tell them to go on, and see what they left."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

Start = Callable[[str], "subprocess.Popen[str]"]


def line(process: subprocess.Popen[str]) -> str:
    """Wait for the next line that a process prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str]) -> None:
    """Let a process go on that waits for a line."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def entries(tmp_path: Path, name: str) -> list[str]:
    """Return the names in one folder of the store."""
    return sorted(path.name for path in (tmp_path / "store" / name).iterdir())
