"""What a value holds, as words: the same for equal values, whatever process, machine or folder they are in.

Objects of libraries are taken apart as pickle takes them apart. Code among the contents is a number here:
whoever asks for the words follows it.
"""

from __future__ import annotations

import copyreg
import functools
from collections.abc import Callable, ItemsView, Iterable, KeysView, Mapping, Sequence, ValuesView
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from pathlib import PurePath
from threading import local
from types import BuiltinFunctionType, FunctionType, MethodWrapperType, ModuleType, SimpleNamespace
from typing import cast

from blake3 import blake3

from axl.runtime.code.atoms import array_text, atom_text, is_inert
from axl.runtime.code.modules import module_of, state_of, wrapped_in
from axl.wire.digest import digest

Code = FunctionType | type | ModuleType
_PROTOCOL = 4
_TAKES_APART = frozenset({"__reduce__", "__reduce_ex__", "__getstate__"})
_COPIED = frozenset({*functools.WRAPPER_ASSIGNMENTS, "__wrapped__", "__type_params__", "__dict__"})
"""What an object that stands for a function takes from it."""
_BASES = (dict, list, tuple, set, frozenset, str, bytes, float, int)


@dataclass(slots=True)
class Contents:
    """A value as words. `code` is the code in it, `opaque` says what is not told."""

    words: list[str] = field(default_factory=list)
    code: list[Code] = field(default_factory=list)
    opaque: str = ""

    @property
    def digest(self) -> str:
        """What no other contents have."""
        return digest("\0".join(self.words))


def contents_of(value: object, folders: Sequence[str], is_own: Callable[[Code], bool]) -> Contents:
    """Return what a value holds.

    `folders` are left out of paths and texts, so that a file beside the code is the same everywhere.
    Objects of a class that `is_own` are told by their attributes.
    """
    reader = _Reader(Contents(), folders, is_own)
    try:
        reader.read(value)
    except RecursionError:
        reader.out.opaque = f"a {type(value).__qualname__} that nests too deep"
    return reader.out


@dataclass(slots=True)
class _Reader:
    out: Contents
    folders: Sequence[str]
    is_own: Callable[[Code], bool]
    seen: dict[int, tuple[int, object]] = field(default_factory=dict)
    above: list[object] = field(default_factory=list)
    within: str = ""

    def read(self, value: object) -> None:
        text = atom_text(value)
        if text is not None:
            self.out.words.append(text)
        elif isinstance(value, str) and type(value) is str:
            self._text("str", value)
        elif id(value) in self.seen:
            self.out.words.append(f"again {self.seen[id(value)][0]}")
        else:
            if type(value) is not tuple and type(value) is not frozenset:  # equal ones are one, or are not
                self.seen[id(value)] = (len(self.seen), value)  # an id is one object's only while it lives
            self.above.append(value)
            self._container(value)
            self.above.pop()

    def _container(self, value: object) -> None:
        match value:
            case FunctionType() | type() | ModuleType():
                self._code(value)
            case Enum():
                more = {key: item for key, item in vars(value).items() if not key.startswith("_")}
                self._tell("enum", type(value), value.name, value._value_, *([more] if more else []))
            case PurePath():
                self._text("path", str(value))
            case dict() if type(value) is dict:
                self._tell("dict", *[part for row in list(value.items()) for part in row])
            case list() | tuple() if type(value) in (list, tuple):
                self._tell(type(value).__name__, *value)
            case set() | frozenset() if type(value) in (set, frozenset):
                self._unordered(value)
            case _:
                self._object(value)

    def _object(self, value: object) -> None:
        if (array := array_text(value)) is not None:
            self.out.words.append(f"{array[0]} {blake3(array[1]).hexdigest()}")
        elif (inner := wrapped_in(value)) is not None:
            own = [beside_wrapped(value)] if self.is_own(type(value)) else []
            self._tell(f"wrapper {type(value).__qualname__}", *inner, *own)
        elif self.is_own(type(value)):
            self._own(value)
        elif is_inert(value) and not isinstance(value, local):
            self._inert(value)
        else:
            self._foreign(value)

    def _tell(self, kind: str, *parts: object) -> None:
        self.out.words.append(f"({kind}")
        for part in parts:
            self.read(part)
        self.out.words.append(")")

    def _text(self, kind: str, text: str) -> None:
        for folder in self.folders:
            text = text.replace(folder, "{here}")
        self.out.words.append(f"{kind} {text!r}")

    def _code(self, value: Code) -> None:
        known = next((place for place, item in enumerate(self.out.code) if item is value), None)
        if known is None:
            known = len(self.out.code)
            self.out.code.append(value)
        self.out.words.append(f"code {known}")

    def _unordered(self, value: set[object] | frozenset[object]) -> None:
        """Tell each item apart, and then all in one order, whatever the order of the set is."""
        told: list[tuple[list[str], list[str], Contents]] = []
        for item in value:
            above = {id(each): (-1, each) for each in self.above}
            aside = _Reader(Contents(), self.folders, self.is_own, above, [*self.above], self.within)
            aside.read(item)
            told.append((aside.out.words, [_name(code) for code in aside.out.code], aside.out))
        self.out.words.append(f"({type(value).__name__}")
        for words, _, item in sorted(told, key=lambda each: each[:2]):
            self.out.words.extend(words)
            for code in item.code:
                self._code(code)
            self.out.opaque = self.out.opaque or item.opaque
        self.out.words.append(")")

    def _own(self, value: object) -> None:
        """Tell an object of the project by its attributes, and by what it holds as a kind of something else."""
        base = _base_contents(value)
        if self._says_how_to_take_apart(type(value)) and (parts := _reduced(value)):
            self._tell("own", type(value), *base, *parts)
            return
        rows = [part for key, item in state_of(value) for part in (key, item)]
        self._tell("own", type(value), *base, *rows)

    def _says_how_to_take_apart(self, cls: type) -> bool:
        """Say whether a class is a kind of another's that knows its state better than its attributes do."""
        return any(
            not _TAKES_APART.isdisjoint(vars(base))
            for base in cls.__mro__
            if base is not object and base not in _BASES and not self.is_own(base)
        )

    def _inert(self, value: object) -> None:
        self.out.words.append(f"inert {_kind(value)}")
        if self.within:
            self._opaque(value)

    def _opaque(self, value: object) -> None:
        kind = _kind(value)
        self.out.opaque = self.out.opaque or f"a {(self.within or kind).removeprefix('builtins.')}"
        self.out.words.append(f"opaque {kind}")

    def _foreign(self, value: object) -> None:
        match value:
            case SimpleNamespace() if type(value) is SimpleNamespace:
                self._tell("namespace", vars(value))
            case BuiltinFunctionType() | MethodWrapperType():
                self._tell("bound", value.__name__, value.__self__)
            case local():
                self._tell("thread", dict(vars(value)))
            case ContextVar():
                self._tell("variable", value.name, _value_of(value))
            case KeysView() | ValuesView() | ItemsView():
                self._tell("view", list(value))
            case _ if type(value).__module__ == "numpy" and callable(items := getattr(value, "tolist", None)):
                self._tell("array", repr(getattr(value, "dtype", "")), items())
            case _:
                self._taken_apart(value)

    def _taken_apart(self, value: object) -> None:
        if self.within:
            self._parts_of(value)
            return
        words, code, seen = len(self.out.words), len(self.out.code), len(self.seen)
        known = self.out.opaque
        self.within, self.out.opaque = _kind(value), ""
        self._parts_of(value)
        if self.out.opaque:  # what is in a client or a pool may differ from process to process
            del self.out.words[words:]
            self._forget(code, seen)
            self.out.words.append(f"opaque {self.within}")
        self.within, self.out.opaque = "", known or self.out.opaque

    def _forget(self, code: int, seen: int) -> None:
        """Go back to before an object that cannot be told; the author's code in it counts all the same."""
        found = sorted(filter(self.is_own, self.out.code[code:]), key=_name)
        self.out.code[code:] = found
        self.out.words.append(f"holds {len(found)}")
        while len(self.seen) > seen:
            self.seen.popitem()

    def _parts_of(self, value: object) -> None:
        parts = _reduced(value)
        if parts:
            self._tell("made", *parts)
        elif isinstance(value, Mapping):
            self._tell("mapping", type(value), dict(value.items()))
        else:
            self._opaque(value)


def beside_wrapped(value: object) -> dict[str, object]:
    """Return what an object that wraps code holds besides, without what it copied from the code."""
    return {key: item for key, item in state_of(value) if key not in _COPIED}


def _reduced(value: object) -> list[object]:
    """Return the parts that pickle would make of an object, nothing where it would make none."""
    reducer = copyreg.dispatch_table.get(type(value))
    try:
        found = reducer(value) if reducer else value.__reduce_ex__(_PROTOCOL)
        if isinstance(found, str):
            return [f"{type(value).__module__}.{found}"]
        items = [None if part is None else list(cast("Iterable[object]", part)) for part in found[3:5]]
        return [*found[:3], *items]
    except Exception:  # noqa: BLE001 (taking an object apart runs whatever its class says)
        return []


def _value_of(variable: ContextVar[object]) -> object:
    try:
        return variable.get()
    except LookupError:
        return None


def _base_contents(value: object) -> list[object]:
    """Return what an object holds as a subclass of a builtin container or atom."""
    match value:
        case dict():
            return [dict(dict.items(value))]
        case list():
            return [list(list.__iter__(value))]
        case tuple():
            return [tuple(tuple.__iter__(value))]
        case set() | frozenset():
            return [frozenset(value)]
        case str():
            return [str.__str__(value)]
        case bytes():
            return [bytes.__getitem__(value, slice(None))]
        case float():
            return [float.__pos__(value)]
        case int():
            return [int.__pos__(value)]
        case _:
            return []


def _kind(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _name(code: Code) -> str:
    return f"{module_of(code)}.{code.__name__ if isinstance(code, ModuleType) else code.__qualname__}"
