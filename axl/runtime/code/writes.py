"""What a call writes to: the parts of the paths that it is given, where it is one that writes files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_NAMES = re.compile(
    r"write(_\w+)?|to_(csv|parquet|json|excel|pickle|feather|html|hdf|sql)|save\w*|sink_\w+|dump"
)
_OTHERS = frozenset({"touch", "unlink", "remove", "rmtree", "mkdir", "makedirs", "rename"})
_MODE = re.compile(r"(?=.*[wax+])[rwaxbt+U]{1,4}")
_JOINS = frozenset({"Path", "PurePath", "join", "joinpath", "str", "fspath", "abspath", "resolve"})


def written_by(call: ast.Call) -> Iterator[ast.Constant | ast.Name | ast.Attribute]:
    """Yield the names and texts that say where a call writes; nothing for other calls.

    A text among them is a name of what comes of the code, not of what it reads.
    """
    name = _name_of(call.func)
    if not (_NAMES.fullmatch(name) or name in _OTHERS or (name == "open" and _is_to_write(call))):
        return
    if isinstance(call.func, ast.Attribute):
        yield from _parts(call.func.value)
    for argument in (*call.args, *(item.value for item in call.keywords)):
        yield from _parts(argument)


def _is_to_write(call: ast.Call) -> bool:
    modes = [*call.args[:2], *(item.value for item in call.keywords if item.arg == "mode")]
    texts = [mode.value for mode in modes if isinstance(mode, ast.Constant)]
    return any(isinstance(text, str) and _MODE.fullmatch(text) is not None for text in texts)


def _parts(path: ast.expr) -> Iterator[ast.Constant | ast.Name | ast.Attribute]:
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
