"""The names of the author's own classes and functions in the modules that are loaded."""

from __future__ import annotations

import functools
import os
import sys
from types import FunctionType, ModuleType

from axl.runtime.code.packages import Home, home_of

_KNOWN: dict[str, tuple[ModuleType, frozenset[str]]] = {}
# Most modules are known by the beginning of their file, which saves asking the disk where they really are.
_INSTALLED = tuple(
    f"{folder}{os.sep}lib{os.sep}" for folder in {sys.prefix, sys.base_prefix} if folder != os.sep
)
_COUNTED = {"modules": -1}


def own_names() -> dict[str, frozenset[str]]:
    """Return the names of classes and functions that each loaded module of the author defines."""
    if len(sys.modules) != _COUNTED["modules"]:
        _COUNTED["modules"] = len(sys.modules)
        for name, module in list(sys.modules.items()):
            if name not in _KNOWN or _KNOWN[name][0] is not module:
                _KNOWN[name] = (module, _defined(name, module))
        _names.cache_clear()
    return _names()


@functools.lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[str]]:
    return {name: defined for name, (_, defined) in _KNOWN.items() if defined}


def _defined(name: str, module: object) -> frozenset[str]:
    if not isinstance(module, ModuleType):
        return frozenset()
    file = vars(module).get("__file__")
    if not isinstance(file, str):
        file = ""
    if name != "__main__" and (file.startswith(_INSTALLED) or home_of(name, file) is not Home.OWN):
        return frozenset()
    return frozenset(_inside(vars(module), name, depth=0))


def _inside(names: dict[str, object], module: str, depth: int) -> set[str]:
    found: set[str] = set()
    for value in list(names.values()):
        if isinstance(value, FunctionType | type) and value.__module__ == module:
            found.add(value.__qualname__)
        if isinstance(value, type) and value.__module__ == module and depth < 3:
            found |= _inside(dict(vars(value)), module, depth + 1)
    return found
