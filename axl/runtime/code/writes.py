"""What code is seen to write to: the parts of the paths that it hands to calls that write files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

_TABLES = "csv|parquet|json|excel|pickle|feather|html|hdf|sql|zarr|netcdf|file|stata|orc|latex|markdown|xml"
_NAMES = re.compile(rf"write(_\w+)?|to_({_TABLES})|(im)?save\w*|sink_\w+|dump|imwrite")
_OF_DATA = frozenset({"write", "writelines", "write_text", "write_bytes"})
"""Calls that are given what they write, not where."""
_OPENS = frozenset({"open", "fdopen", "File", "ZipFile", "TarFile", "GzipFile", "BZ2File", "LZMAFile"})
_OTHERS = frozenset({"touch", "unlink", "remove", "rmtree", "mkdir", "makedirs", "rename"})
_MODE = re.compile(r"(?=.*[wax+])[rwaxbt+U]{1,4}")
_JOINS = frozenset({"Path", "PurePath", "join", "joinpath", "str", "fspath", "abspath", "resolve"})


Part: TypeAlias = ast.Constant | ast.Name | ast.Attribute
"""A name or a text of which a path is put together."""


@dataclass(slots=True)
class Writes:
    """The calls of a piece of code that write, and the paths that its variables are."""

    _targets: list[Part] = field(default_factory=list)
    _variables: dict[str, list[list[Part]]] = field(default_factory=dict)

    def call(self, call: ast.Call) -> None:
        """Take note of a call, whatever it does."""
        self._targets.extend(_written_by(call))

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """Take note of a value that a variable has."""
        if isinstance(target, ast.Name):
            self._variables.setdefault(target.id, []).append(list(_parts(value)))

    def parts(self) -> list[Part]:
        """Return the names and texts that say where the code writes, those of variables with it.

        A text among them is a name of what comes of the code, not of what it reads.
        """
        found, seen = list(self._targets), set[str]()
        for part in found:  # grows while it is gone through
            if isinstance(part, ast.Name) and part.id not in seen:
                seen.add(part.id)
                values = self._variables.get(part.id, [])
                found.extend(values[0] if len(values) == 1 else ())  # one that changes may be read before
        return found


def _written_by(call: ast.Call) -> Iterator[Part]:
    name = _name_of(call.func)
    if not (_NAMES.fullmatch(name) or name in _OTHERS or (name in _OPENS and _is_to_write(call))):
        return
    if isinstance(call.func, ast.Attribute):
        yield from _parts(call.func.value)
    if name in _OF_DATA:
        return
    for argument in (*call.args, *(item.value for item in call.keywords)):
        yield from _parts(argument)


def _is_to_write(call: ast.Call) -> bool:
    modes = [*call.args[:2], *(item.value for item in call.keywords if item.arg == "mode")]
    texts = [mode.value for mode in modes if isinstance(mode, ast.Constant)]
    return any(isinstance(text, str) and _MODE.fullmatch(text) is not None for text in texts)


def _parts(path: ast.expr) -> Iterator[Part]:
    """Yield what a path is put together of, nothing for an expression that is more than a path."""
    match path:
        case ast.Constant(value=str()) | ast.Name():
            yield path
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.Call() if _name_of(path.func) in _JOINS:
            yield from _parts(path.func.value) if isinstance(path.func, ast.Attribute) else ()
            for argument in path.args:
                yield from _parts(argument)
        case ast.JoinedStr():
            for value in path.values:
                yield from _parts(value.value if isinstance(value, ast.FormattedValue) else value)
        case ast.Attribute():
            yield path
        case _:
            return


def _name_of(called: ast.expr) -> str:
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
