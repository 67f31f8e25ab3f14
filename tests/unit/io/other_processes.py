"""Other processes on the store of a test: they are started, heard and told to go on."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Start = Callable[[str], "subprocess.Popen[str]"]
HEAD = "import os, sys, time\nfrom axl.io.stores import open_store\nstore = open_store(sys.argv[1])\n"


@contextmanager
def started_at(url: str) -> Iterator[Start]:
    """Give a function that starts code in another process, where it finds the store at a URL in `store`."""
    begun: list[subprocess.Popen[str]] = []

    def run(code: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HEAD + textwrap.dedent(code), url]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        begun.append(process)
        return process

    try:
        yield run
    finally:
        for process in begun:
            process.kill()
            process.communicate()


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
