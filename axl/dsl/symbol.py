"""The stand-in for a value while a workflow is traced; it refuses every use that needs the value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from axl.dsl.location import caller
from axl.errors import Loc, TraceError
from axl.ir.nodes import In, Out

if TYPE_CHECKING:
    from axl.dsl.builder import BlockBuilder

MARK = "<axl symbol "
"""How the text of a symbol begins; literals that contain it are refused."""

_INSIDE = "do it inside a step: a step sees real values"
_ARITHMETIC = (
    "add radd iadd sub rsub isub mul rmul imul matmul rmatmul imatmul truediv rtruediv itruediv floordiv rfloordiv "
    "ifloordiv mod rmod imod divmod rdivmod pow rpow ipow lshift rlshift ilshift rshift rrshift irshift and rand iand "
    "xor rxor ixor or ror ior neg pos abs invert round trunc floor ceil"
).split()
_HINTS = {
    "bool": (
        "`if`, `and`, `or`, `not`, `while`",
        "write when(test, then, otherwise), or decide inside a step",
    ),
    "len": ("`len()`", "count inside a step and return the number"),
    "contains": ("`in`", _INSIDE),
    "hash": ("a set, or a dict key,", _INSIDE),
    "str": ("`str()` or an f-string", "make the text inside a step"),
    "format": ("an f-string or `format()`", "make the text inside a step"),
    "fspath": ("a path", "open the file inside a step"),
    "call": ("a call", "only steps can be called; " + _INSIDE),
    "enter": ("`with`", _INSIDE),
    "await": ("`await`", "steps are called without await"),
    "setitem": ("item assignment", _INSIDE),
    "delitem": ("item deletion", _INSIDE),
}
_HINTS |= dict.fromkeys(
    "eq ne lt le gt ge".split(), ("a comparison", "compare inside a step that returns a bool")
)
_HINTS |= dict.fromkeys("int float complex index".split(), ("a number", _INSIDE))
_HINTS |= dict.fromkeys(_ARITHMETIC, ("arithmetic", "compute inside a step"))


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """What a symbol stands for: an atom of a block, made on a line.

    `fields` names the outputs of a step that has several; `as_tuple` says that they unpack.
    """

    builder: BlockBuilder
    atom: In | Out
    label: str
    loc: Loc | None
    fields: tuple[str, ...] = ()
    as_tuple: bool = False


class SymbolAttributeError(TraceError, AttributeError):
    """An attribute of a value was asked for while tracing."""


class OutputRef:
    """Stands for a value that exists once the workflow runs.

    It can be passed to steps, returned, put into lists, tuples and dicts, mapped over and tested
    with `when`. A step with several outputs gives one whose fields are read as attributes.
    """

    __slots__ = ("_axl",)
    _axl: Origin

    def __init__(self, origin: Origin) -> None:
        object.__setattr__(self, "_axl", origin)

    def __getattr__(self, name: str) -> OutputRef:
        origin = self._axl
        if name in origin.fields and isinstance(origin.atom, Out) and not origin.as_tuple:
            return _part(origin, name)
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if origin.fields and not origin.as_tuple:
            hint = f"it has the outputs {', '.join(origin.fields)}; " + _INSIDE
        else:
            hint = "read it inside a step, or let the step return a NamedTuple, whose fields can be used here"
        raise SymbolAttributeError(_needs(self, f"`.{name}`"), where=caller(), hint=hint)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise _refusal(self, f"setting `.{name}`", _INSIDE)

    def __iter__(self) -> Iterator[OutputRef]:
        if self._axl.fields:
            return iter([_part(self._axl, name) for name in self._axl.fields])
        hint = "write step.map(items), or axl.map(body, items) for a body of several steps"
        raise _refusal(self, "a loop or unpacking", hint)

    def __getitem__(self, key: object) -> OutputRef:
        fields = self._axl.fields
        if fields and isinstance(key, int) and -len(fields) <= key < len(fields):
            return _part(self._axl, fields[key])
        raise _refusal(self, f"`[{key!r}]`", "take the item inside a step")

    def __repr__(self) -> str:
        made = f" made at {self._axl.loc}" if self._axl.loc else ""
        return f"{MARK}{self._axl.label}{made}>"

    def __reduce__(self) -> NoReturn:
        raise _refusal(self, "a copy or a pickle", _INSIDE)


def _part(origin: Origin, name: str) -> OutputRef:
    atom = origin.atom
    assert isinstance(atom, Out)
    return OutputRef(
        replace(origin, atom=Out(atom.node, name), label=f"{origin.label}.{name}", fields=(), as_tuple=False)
    )


def _refusal(symbol: OutputRef, use: str, hint: str) -> TraceError:
    """Return the error of a use that needs the value, noted so that nobody swallows it with `except`."""
    error = TraceError(_needs(symbol, use), where=caller(), hint=hint)
    symbol._axl.builder.tracer.mistakes.note(error)
    return error


def _needs(symbol: OutputRef, use: str) -> str:
    origin = symbol._axl
    made = f" (made at {origin.loc})" if origin.loc else ""
    return f"{use} needs a value, but `{origin.label}`{made} has none until the workflow runs"


def _refuse(name: str) -> None:
    use, hint = _HINTS[name]

    def refuse(self: OutputRef, *_args: object, **_kwargs: object) -> NoReturn:
        raise _refusal(self, use, hint)

    setattr(OutputRef, f"__{name}__", refuse)


for _name in _HINTS:
    _refuse(_name)
