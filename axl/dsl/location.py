"""Finds the author's line: the nearest frame outside axl."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType, FrameType, TracebackType

from axl.errors import Loc

_PYTHON = os.path.dirname(os.__file__) + os.sep
_INSTALLED = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))
_COMPILED = (".pyx", ".pxi", ".pxd")
_EDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "trace.py")
_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def caller() -> Loc | None:
    """Return the author's line that is being run, that of a library where there is none.

    Inside a trace that is a line of the graph, or `None` once the graph has returned: whoever asked
    for the trace wrote no part of it.
    """
    frame: FrameType | None = sys._getframe(1)
    library: Loc | None = None
    while frame is not None and frame.f_code.co_filename != _EDGE:
        file = frame.f_code.co_filename
        if not is_ours(file):
            found = Loc(shown(file), frame.f_lineno)
            if not is_library(file):
                return found
            library = library or found
        frame = frame.f_back
    return library


def class_body() -> Mapping[str, object]:
    """Return the names defined so far in the class that is being written, none outside of one."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None or "__qualname__" not in frame.f_locals:
        return {}
    return dict(frame.f_locals)


def line_of(code: CodeType) -> Loc:
    """Return where a function begins."""
    return Loc(shown(code.co_filename), code.co_firstlineno)


def raised_at(error: BaseException) -> Loc | None:
    """Return the author's innermost line in an error's traceback, that of a library where there is none."""
    found: dict[bool, Loc] = {}
    step: TracebackType | None = error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if not is_ours(file):
            found[is_library(file)] = Loc(shown(file), step.tb_lineno)
        step = step.tb_next
    return found.get(False) or found.get(True)


@lru_cache(maxsize=4096)
def is_ours(file: str) -> bool:
    """Say whether a file belongs to axl."""
    return file.startswith((_HOME, "<frozen "))


@lru_cache(maxsize=4096)
def is_library(file: str) -> bool:
    """Say whether a file came with Python or with an installed package."""
    if file.startswith((_PYTHON, "<__")) or file.endswith(_COMPILED):
        return True
    return any(folder in file for folder in _INSTALLED)


@lru_cache(maxsize=4096)
def package_of(file: str) -> str:
    """Return the top-level name of the installed package that a file belongs to, or an empty text."""
    for folder in _INSTALLED:
        if folder in file:
            return file.rpartition(folder)[2].partition(os.sep)[0].removesuffix(".py")
    return file.partition("/")[0] if file.endswith(_COMPILED) and not os.path.isabs(file) else ""


@lru_cache(maxsize=4096)
def shown(file: str) -> str:
    """Return a file as people want to read it: relative when it is below the working folder."""
    try:
        relative = os.path.relpath(file)
    except (ValueError, OSError):
        return file
    return file if relative.startswith("..") else relative
