"""Annotations taken apart: members of a union, items of a list, the type of a literal, text for people."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, ForwardRef, Literal, NewType, TypeVar

from axl.ir.hints import MISSING, Hint

NoneType = type(None)
_UNIONS: tuple[object, ...] = (vars(typing)["Union"], types.UnionType)
_MANY = 20
"""Different items of one literal that are told apart; of more only the classes count."""
_DEEP = 20
_SCALARS = {NoneType, bool, int, float, str}


@dataclass(frozen=True, slots=True)
class Either:
    """A value of one of several types; a union that may hold `MISSING`."""

    options: tuple[Hint, ...]


def either(hints: Iterable[Hint]) -> Hint:
    """Return the type of a value that is one of these: what they all are, if they agree."""
    options = tuple(dict.fromkeys(part for hint in hints for part in members(hint)))
    return options[0] if len(options) == 1 else Either(options)


def list_of(item: Hint) -> Hint:
    """Return `list[item]`, whatever the item is."""
    return types.GenericAlias(list, (item,))


def tuple_of(items: Iterable[Hint]) -> Hint:
    """Return `tuple[items]`, whatever the items are."""
    return types.GenericAlias(tuple, tuple(items))


def dict_of(value: Hint) -> Hint:
    """Return `dict[str, value]`, whatever the value is."""
    return types.GenericAlias(dict, (str, value))


def plain(hint: Hint) -> Hint:
    """Return what an annotation says about the value: no `Annotated`, `NewType` or alias around it."""
    for _ in range(50):
        if hint is None:
            return NoneType
        if typing.get_origin(hint) is Annotated:
            hint = typing.get_args(hint)[0]
        elif isinstance(hint, NewType):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__  # type: ignore[attr-defined]  # what `type Name = …` makes, from 3.12 on
        elif type(origin := typing.get_origin(hint)).__name__ == "TypeAliasType":
            hint = typing.cast("Any", origin).__value__[typing.get_args(hint)]
        else:
            return hint
    return MISSING


def is_open(hint: Hint) -> bool:
    """Say whether an annotation agrees with everything: unknown, `Any`, `object`, or a variable."""
    return hint is MISSING or hint is Any or hint is object or isinstance(hint, TypeVar | ForwardRef | str)


def members(hint: Hint) -> tuple[Hint, ...]:
    """Return the members of a union, and of a literal; anything else is its own only member."""
    if isinstance(hint, Either):
        return hint.options
    origin: object = typing.get_origin(hint)
    if origin is None:
        return (hint,)
    if any(origin is union for union in _UNIONS):
        return tuple(part for arg in typing.get_args(hint) for part in members(plain(arg)))
    if origin is Literal and len(typing.get_args(hint)) > 1:
        return tuple(_literal(value) for value in typing.get_args(hint))
    return (hint,)


def item_of(hint: Hint) -> Hint | None:
    """Return the type of the items that a map takes out of a value; `None` if it has none.

    A dict and a text have none: no engine maps over them. What cannot be told is `MISSING`.
    """
    found = [_item_of(plain(part)) for part in members(plain(hint))]
    known = [item for item in found if item is not None]
    return either(known) if len(known) == len(found) else None


def _item_of(hint: Hint) -> Hint | None:
    if is_open(hint):
        return MISSING
    if typing.get_origin(hint) is Literal:
        hint = type(typing.get_args(hint)[0])
    origin: object = typing.get_origin(hint) or hint
    args: tuple[Hint, ...] = typing.get_args(hint)
    if not isinstance(origin, type):
        return MISSING
    if issubclass(origin, (str, bytes, Mapping)):
        return None
    if not (issubclass(origin, Iterable) or "__getitem__" in dir(origin)):
        return None
    if origin is tuple and args and args[1:] != (...,):
        return either(args)
    if args and issubclass(origin, (list, tuple, set, frozenset)):
        return args[0]
    return args[0] if len(args) == 1 and origin.__module__ == "collections.abc" else MISSING


@lru_cache(maxsize=1024)
def literal_hint(text: str) -> Hint:
    """Return the type of a literal, given as JSON."""
    return value_hint(json.loads(text))


def value_hint(value: object, depth: int = 0) -> Hint:
    """Return the narrowest type of a value: plain ones by themselves, containers by what is in them."""
    if isinstance(value, Enum) or type(value) in (bool, int, str):
        return _literal(value)
    if depth > _DEEP:
        return type(value)
    match value:
        case list() | set() | frozenset() if type(value) in (list, set, frozenset):
            return types.GenericAlias(type(value), (_common(value, depth),))
        case tuple() if type(value) is tuple:
            return tuple_of(value_hint(item, depth + 1) for item in value)
        case dict() if type(value) is dict:
            return types.GenericAlias(dict, (_common(value, depth), _common(value.values(), depth)))
        case _:
            return type(value)


def _common(values: Collection[object], depth: int) -> Hint:
    classes = dict.fromkeys(map(type, values))
    if len(values) > _MANY and classes.keys() <= _SCALARS:
        return either(classes)
    hints = dict.fromkeys(value_hint(value, depth + 1) for value in values)
    if len(hints) > _MANY:
        hints = dict.fromkeys(class_of_literal(hint) for hint in hints)
    return either(hints) if hints else Any


def _literal(value: object) -> Hint:
    return Literal[value]  # the value is known only now, so no type checker can follow


def class_of_literal(hint: Hint) -> Hint:
    """Return the class of a literal's value; anything else is returned as it is."""
    return type(typing.get_args(hint)[0]) if typing.get_origin(hint) is Literal else hint


def shown(hint: Hint) -> str:
    """Return an annotation as an author would write it, without the names of modules."""
    if is_open(hint):
        return "?" if hint is MISSING else str(getattr(hint, "__name__", hint))
    parts: list[Hint] = [*members(hint)]
    if len(parts) > 1:
        return " | ".join(dict.fromkeys(shown(part) for part in parts))
    hint = parts[0]
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        value = args[0]
        return str(value) if isinstance(value, Enum) else f"{type(value).__name__} {value!r:.40}"
    if origin is not None and args:
        inner = ", ".join(
            "..." if arg is ... else f"[{_row(arg)}]" if isinstance(arg, list) else shown(arg) for arg in args
        )
        return f"{_name(origin)}[{inner}]"
    return _name(hint)


def _row(hints: list[object]) -> str:
    return ", ".join(shown(hint) for hint in hints)


def _name(hint: object) -> str:
    if hint is NoneType:
        return "None"
    return hint.__qualname__ if isinstance(hint, type) else str(hint).replace("typing.", "")
