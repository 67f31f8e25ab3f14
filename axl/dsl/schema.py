"""Annotations as data: their JSON schema where they have one, and one stable text for each.

Nothing here imports what an annotation comes from. A class that offers `model_json_schema()`, as
pydantic's models do, speaks for itself.

The members of a union and of a literal are sorted, because Python hands out one cached object for
spellings that differ in order only: without sorting the text would depend on what was imported first.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import operator
import re
import sys
import types
import typing
from collections import abc
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Annotated, Any, Literal, NewType, TypeAlias, TypeVar, cast

from axl.dsl.naming import module_name

JSON: TypeAlias = "None | bool | int | float | str | list[JSON] | dict[str, JSON]"
Schema: TypeAlias = dict[str, JSON]

NoneType = type(None)
_SCALARS: dict[object, str] = {
    NoneType: "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
}
_UNION: object = vars(typing)["Union"]  # the old form, still met in annotations
_LISTS = frozenset({list, abc.Sequence, abc.MutableSequence})
_SETS = frozenset({set, frozenset, abc.Set, abc.MutableSet})
_DICTS = frozenset({dict, abc.Mapping, abc.MutableMapping})
_ANYTHING = (Any, object, inspect.Parameter.empty)
_BARE_MODULES = frozenset({"builtins", "typing", "typing_extensions", "collections.abc", "types"})
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclasses.dataclass(frozen=True, slots=True)
class _Walk:
    """The classes and aliases that enclose an annotation, and the definitions collected so far."""

    inside: tuple[object, ...]
    definitions: Schema

    def into(self, hint: object) -> _Walk:
        return _Walk((*self.inside, hint), self.definitions)


def json_schema(hint: object) -> Schema | None:
    """Return the JSON schema of the values that an annotation takes, or `None` if JSON has none.

    `Any`, `object` and a missing annotation take every value and give the empty schema; so does a
    type inside itself. Enums go by the values of their members. A class that offers
    `model_json_schema()` is asked for it; what that raises counts as no schema.

    >>> json_schema(list[int])
    {'type': 'array', 'items': {'type': 'integer'}}
    >>> json_schema(complex) is None
    True
    """
    definitions: Schema = {}
    schema = _schema(hint, _Walk((), definitions))
    if schema is None or not definitions:
        return schema
    return {**schema, "$defs": dict(sorted(definitions.items()))}


def unwrap(hint: object) -> object:
    """Return what an annotation says about the value: no `Annotated`, `NewType` or alias around it.

    An alias that refers to itself is left as it is.
    """
    seen: list[object] = []
    while not any(hint is known for known in seen):
        seen.append(hint)
        if typing.get_origin(hint) is Annotated:
            hint = typing.get_args(hint)[0]
        elif isinstance(hint, NewType):
            hint = hint.__supertype__
        elif _is_alias(hint):
            hint = cast("_Alias", hint).__value__
    return hint


class _Alias(typing.Protocol):
    """What `type Name = …` makes, on the versions of Python that have it."""

    __name__: str
    __value__: object


def _is_alias(hint: object) -> bool:
    return type(hint).__name__ == "TypeAliasType"


def is_union(hint: object) -> bool:
    """Say whether an annotation is `A | B`, `Union` or `Optional`."""
    origin: object = typing.get_origin(hint)
    return origin is types.UnionType or origin is _UNION


def union_of(hints: Iterable[object]) -> object:
    """Return the annotation that takes what any of some annotations take."""
    return cast("object", operator.getitem(cast("Any", _UNION), tuple(hints)))


def is_named_tuple(hint: object) -> bool:
    """Say whether an annotation is a class made with `NamedTuple` or `namedtuple`."""
    return isinstance(hint, type) and issubclass(hint, tuple) and "_fields" in vars(hint)


def _schema(hint: object, walk: _Walk) -> Schema | None:
    if any(hint is outer for outer in walk.inside):
        return {}
    inner = walk.into(hint) if _is_alias(hint) else walk
    plain = unwrap(hint)
    if plain is not hint:
        return _schema(plain, inner)
    if hint is None:
        return {"type": "null"}
    if any(hint is anything for anything in _ANYTHING):
        return {}
    return _class_schema(hint, inner) if isinstance(hint, type) else _form_schema(hint, inner)


def _form_schema(hint: object, walk: _Walk) -> Schema | None:
    arguments = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if is_union(hint):
        return _union_schema(arguments, walk)
    if origin is Literal:
        return _enum_schema(sorted(arguments, key=_literal_text))
    return _CONTAINERS[origin](arguments, walk) if origin in _CONTAINERS else None


def _union_schema(members: Iterable[object], walk: _Walk) -> Schema | None:
    schemas = [_schema(member, walk) for member in members]
    if any(schema is None for schema in schemas):
        return None
    distinct = {_canonical(schema): schema for schema in schemas}
    ordered = [distinct[text] for text in sorted(distinct, key=_null_last)]
    return ordered[0] if len(ordered) == 1 else {"anyOf": cast("list[JSON]", ordered)}


def _null_last(text: str) -> tuple[bool, str]:
    return text == '{"type":"null"}', text


def _enum_schema(members: Iterable[object]) -> Schema | None:
    values = list(members)
    if not values or any(type(value) not in _SCALARS for value in values):
        return None
    kinds = sorted({_SCALARS[type(value)] for value in values})
    schema: Schema = {"enum": cast("list[JSON]", values)}
    return {"type": kinds[0], **schema} if len(kinds) == 1 else schema


def _list_schema(arguments: tuple[object, ...], walk: _Walk) -> Schema | None:
    if not arguments:
        return {"type": "array"}
    items = _schema(arguments[0], walk)
    return None if items is None else {"type": "array", "items": items}


def _set_schema(arguments: tuple[object, ...], walk: _Walk) -> Schema | None:
    schema = _list_schema(arguments, walk)
    return None if schema is None else {**schema, "uniqueItems": True}


def _tuple_schema(arguments: tuple[object, ...], walk: _Walk) -> Schema | None:
    if arguments[1:] == (...,):
        return _list_schema(arguments[:1], walk)
    return _row_schema(arguments, walk) if arguments else {"type": "array"}


def _row_schema(columns: Iterable[object], walk: _Walk) -> Schema | None:
    items = [_schema(column, walk) for column in columns]
    if any(item is None for item in items):
        return None
    row = cast("list[JSON]", items)
    return {"type": "array", "prefixItems": row, "minItems": len(row), "maxItems": len(row)}


def _dict_schema(arguments: tuple[object, ...], walk: _Walk) -> Schema | None:
    if not arguments:
        return {"type": "object"}
    key, value = arguments
    if unwrap(key) is not str:
        return None
    values = _schema(value, walk)
    return None if values is None else {"type": "object", "additionalProperties": values}


_CONTAINERS: dict[object, Callable[[tuple[object, ...], _Walk], Schema | None]] = {
    tuple: _tuple_schema,
    **dict.fromkeys(_LISTS, _list_schema),
    **dict.fromkeys(_SETS, _set_schema),
    **dict.fromkeys(_DICTS, _dict_schema),
}


def _class_schema(cls: type, walk: _Walk) -> Schema | None:
    if cls in _SCALARS:
        return {"type": _SCALARS[cls]}
    if cls in _CONTAINERS:
        return _CONTAINERS[cls]((), walk)
    if issubclass(cls, Enum):
        return _enum_schema(member.value for member in cls)
    if callable(describe := getattr(cls, "model_json_schema", None)):
        return _model_schema(cls, describe, walk)
    return _record_schema(cls, walk.into(cls))


def _record_schema(cls: type, walk: _Walk) -> Schema | None:
    if typing.is_typeddict(cls):
        required = cast("frozenset[str]", vars(cls)["__required_keys__"])
        return _fields_schema(cls, tuple(_hints_of(cls)), required, walk)
    if dataclasses.is_dataclass(cls):
        fields = [field for field in dataclasses.fields(cls) if field.init]
        needed = {field.name for field in fields if _has_no_default(field)}
        return _fields_schema(cls, tuple(field.name for field in fields), needed, walk)
    if is_named_tuple(cls):
        hints = _hints_of(cls)
        return _row_schema((hints.get(name, Any) for name in vars(cls)["_fields"]), walk)
    return None


def _has_no_default(field: dataclasses.Field[object]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _fields_schema(cls: type, names: tuple[str, ...], required: abc.Set[str], walk: _Walk) -> Schema | None:
    hints = _hints_of(cls)
    properties: Schema = {}
    for name in names:
        field = _schema(hints.get(name, cls), walk)
        if field is None or name not in hints:
            return None
        properties[name] = field
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": cast("list[JSON]", sorted(required))} if required else schema


def _hints_of(cls: type) -> dict[str, object]:
    try:
        return typing.get_type_hints(cls)
    except (NameError, TypeError, AttributeError, SyntaxError):  # a name of the author's that is not there
        return {}


def _model_schema(cls: type, describe: Callable[[], object], walk: _Walk) -> Schema | None:
    """Ask a model class; its definitions move up to the root under the class's name."""
    try:
        own = cast("Schema", describe())
    except Exception:  # noqa: BLE001 (the author's class: whatever it raises, it has no schema)
        return None
    definitions = cast("Schema", own.pop("$defs", {}))
    prefix = f"{module_name(cls.__module__)}.{cls.__qualname__}."
    for name, definition in definitions.items():
        walk.definitions[prefix + name] = _moved(definition, prefix)
    return cast("Schema", _moved(own, prefix))


def _moved(schema: JSON, prefix: str) -> JSON:
    match schema:
        case str() if schema.startswith("#/$defs/"):
            return "#/$defs/" + prefix + schema.removeprefix("#/$defs/")
        case dict():
            return {key: _moved(value, prefix) for key, value in schema.items()}
        case list():
            return [_moved(item, prefix) for item in schema]
        case _:
            return schema


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def type_text(hint: object) -> str:
    """Return one readable text for an annotation, the same on every Python and in every process.

    Classes are named with the shortest module that offers them, so that `pandas.DataFrame` stays
    that whatever private module defines it; those of builtins, typing and collections.abc by their
    bare name. What `Annotated` adds is left out, an alias is replaced by what it stands for, and the
    members of unions and literals are sorted, `None` last.

    >>> type_text(dict[str, list[int]])
    'dict[str, list[int]]'
    """
    return _text(hint, ())


def _text(hint: object, inside: tuple[object, ...]) -> str:
    if any(hint is outer for outer in inside):
        return cast("_Alias", hint).__name__
    inner = (*inside, hint) if _is_alias(hint) else inside
    plain = unwrap(hint)
    if plain is not hint:
        return _text(plain, inner)
    texts = [_text(part, inner) for part in _parts(hint)]
    if is_union(hint):
        return " | ".join(sorted(set(texts), key=_none_last))
    if isinstance(hint, (list, tuple)):
        return f"[{', '.join(texts)}]"
    origin: object = typing.get_origin(hint)
    if origin is None:
        return _name_text(hint)
    if origin is Literal:
        texts = sorted(_literal_text(value) for value in typing.get_args(hint))
    if not texts:
        return "tuple[()]" if origin is tuple else _name_text(origin)
    return f"{_name_text(origin)}[{', '.join(texts)}]"


def _parts(hint: object) -> Iterable[object]:
    if isinstance(hint, (list, tuple)):
        return hint
    return () if typing.get_origin(hint) is Literal else typing.get_args(hint)


def _none_last(text: str) -> tuple[bool, str]:
    return text == "None", text


def _literal_text(value: object) -> str:
    return f"{_class_text(type(value))}.{value.name}" if isinstance(value, Enum) else repr(value)


def _name_text(hint: object) -> str:
    match hint:
        case None:
            return "None"
        case type():
            return _class_text(hint)
        case str():
            return hint
        case typing.ForwardRef():
            return hint.__forward_arg__
        case _ if hint is ...:
            return "..."
        case _ if isinstance(hint, TypeVar) or _is_alias(hint):
            return cast("_Alias", hint).__name__
        case _:
            return _ADDRESS.sub("", str(hint)).removeprefix("typing.")


def _class_text(cls: type) -> str:
    if cls is NoneType or cls is inspect.Parameter.empty:
        return "None" if cls is NoneType else "Any"
    if cls.__module__ in _BARE_MODULES:
        return cls.__qualname__
    parts = cls.__module__.split(".")
    for length in range(1, len(parts)):
        home = ".".join(parts[:length])
        if home in sys.modules and vars(sys.modules[home]).get(cls.__qualname__) is cls:
            return f"{home}.{cls.__qualname__}"
    return f"{module_name(cls.__module__)}.{cls.__qualname__}"
