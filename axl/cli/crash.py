"""Writes what is needed to find a bug of axl to a file that only its owner can read."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence

from axl import __version__


def write_crash(error: BaseException, command: Sequence[str]) -> str:
    """Write a crash file and return its path; where no file can be written, say so instead.

    Arguments are left out, because a parameter may be a secret.
    """
    report = "\n".join(
        (
            f"axl {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: axl {' '.join(command)} …",
            f"interpreter: {sys.executable}",
            "",
            "".join(traceback.format_exception(error)),
        )
    )
    try:
        number, path = tempfile.mkstemp(prefix="axl-crash-", suffix=".txt")
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(report)
    except OSError as reason:
        return f"what --debug prints (no crash file could be written: {reason.strerror})"
    return f"the file {path}"
