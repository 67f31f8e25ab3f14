"""Finds the class behind `module:Class`, in this process or shipped to it."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import TYPE_CHECKING

from axl.dsl.describe import source_of
from axl.errors import AxlError, UsageError

if TYPE_CHECKING:
    from axl.dsl.workflow import Workflow

_SHIPPED: dict[str, type[Workflow]] = {}


def ship(cls: type[Workflow], source: str = "") -> None:
    """Make a class that cannot be imported known under its source, or under the one it had elsewhere."""
    _SHIPPED[source or source_of(cls)] = cls
    find_class.cache_clear()


def is_importable(cls: type[Workflow]) -> bool:
    """Say whether another process can import this very class."""
    if cls.__module__ == "__main__":
        return False
    module = sys.modules.get(cls.__module__)
    try:
        return module is not None and _walk(module, cls.__qualname__) is cls
    except AttributeError:
        return False


@functools.lru_cache(maxsize=256)
def find_class(source: str, path: str = "") -> type[Workflow]:
    """Return the workflow class named `module:Class`, its module imported from `path` if need be.

    Raises `UsageError` when there is none; an error of the module itself passes through.
    """
    if source in _SHIPPED:
        return _SHIPPED[source]
    module_name, _, name = source.partition(":")
    if path and path not in sys.path:
        sys.path.insert(0, path)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise UsageError(
            f"there is no module {module_name!r}",
            hint="name a file instead (path/to/file.py:Class), or run from the folder that holds the package",
        ) from error
    try:
        return _walk(module, name)
    except AttributeError as error:
        raise UsageError(f"module {module_name!r} has no workflow {name!r}") from error


def _walk(module: object, qualname: str) -> type[Workflow]:
    found = module
    for part in qualname.split("."):
        if part == "<locals>":
            raise AttributeError(part)
        found = getattr(found, part)
    if not isinstance(found, type):
        raise AxlError(f"{qualname} is not a class")
    return found
