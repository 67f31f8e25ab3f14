"""What code is seen to write to: the parts of the paths that it hands to calls that write files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_TABLES = "csv|parquet|json|excel|pickle|feather|html|hdf|sql|zarr|netcdf|file|stata|orc|latex|markdown|xml"
_NAMES = re.compile(rf"write(_\w+)?|to_({_TABLES})|(im)?save\w*|sink_\w+|dump|imwrite")
_OF_DATA = frozenset({"write", "writelines", "write_text", "write_bytes"})
"""Calls that are given what they write, not where."""
_OPENS = frozenset({"open", "fdopen", "File", "ZipFile", "TarFile", "GzipFile", "BZ2File", "LZMAFile"})
_OTHERS = frozenset({"touch", "unlink", "remove", "rmtree", "mkdir", "makedirs", "rename"})
_MODE = re.compile(r"(?=.*[wax+])[rwaxbt+U]{1,4}")
_OF_PATHS = frozenset({"joinpath", "resolve"})
_JOINS = frozenset({"Path", "PurePath", "join", "str", "fspath", "abspath"}) | _OF_PATHS


@dataclass(slots=True)
class Writes:
    """The calls of a piece of code that write, and the paths that its variables are."""

    _targets: list[ast.expr] = field(default_factory=list)
    _variables: dict[str, list[list[ast.expr]]] = field(default_factory=dict)

    def call(self, call: ast.Call) -> None:
        """Take note of a call, whatever it does."""
        self._targets.extend(_written_by(call))

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """Take note of a value that a variable has."""
        if isinstance(target, ast.Name):
            self._variables.setdefault(target.id, []).append(list(_parts(value)))

    def parts(self) -> list[ast.expr]:
        """Return what the paths are put together of that the code writes to, as `parts_of` gives it.

        A text among them is a name of what comes of the code, not of what it reads.
        """
        return list(self._resolved(self._targets, frozenset()))

    def parts_of(self, path: ast.expr) -> list[ast.expr]:
        """Return what one path is put together of: texts, names of others, and expressions as they are."""
        return list(self._resolved(_parts(path), frozenset()))

    def _resolved(self, parts: Iterable[ast.expr], seen: frozenset[str]) -> Iterator[ast.expr]:
        for part in parts:
            name = part.id if isinstance(part, ast.Name) else ""
            values = self._variables.get(name, [])
            if len(values) == 1 and name not in seen:
                yield from self._resolved(values[0], seen | {name})
            else:  # a variable that changes may be read before it is written
                yield part


def _written_by(call: ast.Call) -> Iterator[ast.expr]:
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


def _parts(path: ast.expr) -> Iterator[ast.expr]:
    """Yield what a path is put together of: texts, names, and whatever else there is, as it is."""
    match path:
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.Call() if _name_of(path.func) in _JOINS:
            if isinstance(path.func, ast.Attribute) and path.func.attr in _OF_PATHS:
                yield from _parts(path.func.value)
            for argument in path.args:
                yield from _parts(argument)
        case ast.JoinedStr():
            for value in path.values:
                yield from _parts(value.value if isinstance(value, ast.FormattedValue) else value)
        case _:
            yield path


def _name_of(called: ast.expr) -> str:
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
