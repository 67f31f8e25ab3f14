"""What cannot be followed: names that only a running program gives to code. Steps that use it are refused."""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Iterable

from axl.errors import Loc
from axl.runtime.code.modules import FingerprintError
from axl.runtime.code.normal import Reading

OFF = "or turn the cache off for this step: @step(cache=False)"
"""How a hint ends: what can be done where nothing else can."""

_BUILTINS = frozenset({"eval", "exec", "compile", "globals", "__import__"})
_WORDS = {
    "__subclasses__": "which classes there are",
    "__globals__": "what it reaches",
    "f_globals": "what it reaches",
    "f_locals": "what it reaches",
    "f_back": "what it reaches",
    "getsource": "the layout of code",
    "getsourcelines": "the layout of code",
}
"""Attributes that reach what nobody names."""

_NAMES = frozenset(
    {"importlib", "builtins", "runpy", "pkgutil", "importlib.util", "importlib.machinery", "pydoc.locate"}
    | {"importlib.import_module", "importlib.reload", "importlib.metadata.entry_points", "sys.modules"}
    | {"runpy.run_module", "runpy.run_path", "pkgutil.resolve_name", "pkgutil.iter_modules"}
    | {"pkgutil.walk_packages", "importlib.util.spec_from_file_location"}
    | {"importlib.machinery.SourceFileLoader"}
    | {f"builtins.{name}" for name in _BUILTINS}
)
_VALUES = (importlib.import_module, importlib.reload, importlib.__import__)


def refuse_words(reading: Reading, where: Loc | None) -> None:
    """Raise `FingerprintError` where code asks for classes, names or text of code that nobody names."""
    if _WORDS.keys().isdisjoint(reading.words):
        return
    for word in sorted(reading.words & _WORDS.keys()):
        raise FingerprintError(
            f"`{word}` is used, and {_WORDS[word]} cannot be followed",
            where=where,
            hint=f"name what you need, {OFF}",
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


_OUTSIDE = frozenset(
    {"environ", "getenv", "open", "argv", "input", "getpass", "urlopen", "download", "stdin", "CDLL", "cdll"}
)
_OUTSIDE_BEGINS = ("read", "load", "from_file", "from_pretrained", "from_env")


def reads_outside(words: Iterable[str]) -> bool:
    """Say whether code reads files, the environment or the like, so that what it makes is not in its text."""
    return any(word in _OUTSIDE or word.startswith(_OUTSIDE_BEGINS) for word in words)
