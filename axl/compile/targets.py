"""Finds a target by its name: a literal table, then the entry points of other packages."""

from __future__ import annotations

from collections.abc import Callable
from pkgutil import resolve_name
from typing import cast

from axl.compile.target import Target
from axl.io.providers import find_provider

GROUP = "axl.targets"

_TARGETS = {"dagster": "axl.compile.dagster.target:Dagster"}

TARGETS = tuple(_TARGETS)
"""The names of the targets that come with axl."""


def get_target(name: str) -> Target:
    """Return the target of a name; `UnsupportedError` with the known names when there is none."""
    make = resolve_name(_TARGETS[name]) if name in _TARGETS else find_provider(GROUP, name, "target", TARGETS)
    return cast("Callable[[], Target]", make)()
