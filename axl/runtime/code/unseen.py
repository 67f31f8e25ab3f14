"""What cannot be followed: names that only a running program gives to code. Steps that use it are refused."""

from __future__ import annotations

import builtins
import importlib

from axl.errors import Loc
from axl.runtime.code.modules import FingerprintError
from axl.runtime.code.source import Chain

OFF = "or turn the cache off for this step: @step(cache=False)"
"""How a hint ends: what can be done where nothing else can."""

_BUILTINS = frozenset({"eval", "exec", "compile", "globals", "__import__"})
_NAMES = frozenset(
    {"importlib.import_module", "runpy.run_module", "runpy.run_path", "sys.modules"}
    | {f"builtins.{name}" for name in _BUILTINS}
)
_VALUES = (importlib.import_module, importlib.__import__)


def refuse_chain(chain: Chain, where: Loc | None) -> None:
    """Raise `FingerprintError` where classes are asked for that nobody names."""
    if "__subclasses__" in chain:
        raise FingerprintError(
            f"`{'.'.join(chain)}` is used, and which classes there are cannot be followed",
            where=where,
            hint=f"name the classes, {OFF}",
        )


def refuse_builtin(name: str, where: Loc | None) -> None:
    """Raise `FingerprintError` where a builtin runs code that is a text."""
    if name in _BUILTINS and name in vars(builtins):
        raise FingerprintError(
            f"`{name}` is used, and what it reaches cannot be followed",
            where=where,
            hint=f"call what you need by name, {OFF}",
        )


def refuse_import(name: str, where: Loc | None) -> None:
    """Raise `FingerprintError` where a function of Python's loads code that a text names."""
    if name in _NAMES:
        raise FingerprintError(
            f"`{name}` is used, and what it loads cannot be followed",
            where=where,
            hint=f"import what you need by name, {OFF}",
        )


def refuse_value(value: object, where: Loc | None) -> None:
    """Raise `FingerprintError` where such a function was imported under any name."""
    if any(value is each for each in _VALUES):
        refuse_import("importlib.import_module", where)
