"""Whether what a step returned is what its annotation says, as far as one `isinstance` can tell."""

from __future__ import annotations

import functools
import typing
from dataclasses import dataclass
from typing import Any, Literal, cast

from axl.dsl.schema import is_union, type_text, unwrap
from axl.dsl.step import Step
from axl.errors import compose
from axl.ir.hints import MISSING, Hint
from axl.ir.nodes import RESULT
from axl.wire.failed import Failed

_Classes = tuple[type, ...]

_NUMBERS: dict[object, _Classes] = {float: (float, int), complex: (complex, float, int)}
_CONTAINERS = (list, dict, tuple, set, frozenset)
_OPEN_MODULES = ("typing", "typing_extensions", "collections.abc")
_NUMPY: dict[type, frozenset[str]] = {
    bool: frozenset({"bool", "bool_"}),
    int: frozenset({"integer"}),
    float: frozenset({"floating", "integer"}),
    complex: frozenset({"number"}),
}
"""What of numpy counts as Python's own, by the names of its base classes."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The classes that a step's result may have, and those of each of its several outputs; empty is any."""

    classes: _Classes
    parts: tuple[_Classes, ...] = ()
    names: tuple[str, ...] = ()
    as_tuple: bool = False


def misfit(step: Step[Any, Any, Any], value: object) -> str:
    """Return why a result is not what its step is annotated with; empty text where it is.

    A wrong class is found, not what is wrong inside a container. numpy's numbers count as numbers,
    and `Failed` stands for anything.
    """
    wanted = _wanted(step)
    if wanted.classes and not isinstance(value, wanted.classes) and not _passes(value, wanted.classes):
        return _message(step, value, "", step.signature.returns)
    if not wanted.parts or isinstance(value, Failed):
        return ""
    if not wanted.as_tuple:  # a field of the author's class, as its annotation names it
        parts = [getattr(value, name) for name in wanted.names]
    elif len(parts := cast("list[object]", value)) != len(wanted.parts):
        return _message(step, value, "", step.signature.returns)
    for place, classes in enumerate(wanted.parts):
        part = parts[place]
        if classes and not isinstance(part, classes) and not _passes(part, classes):
            name = wanted.names[place]
            return _message(step, part, name, step.signature.gives[name])
    return ""


@functools.lru_cache(maxsize=4096)
def _wanted(step: Step[Any, Any, Any]) -> _Wanted:
    signature = step.signature
    if RESULT in signature.gives:
        return _Wanted(_classes(signature.returns))
    whole = (tuple,) if signature.as_tuple else (cast("type", signature.returns),)
    parts = tuple(map(_classes, signature.gives.values()))
    return _Wanted(whole, parts, tuple(signature.gives), signature.as_tuple)


def _classes(hint: Hint) -> _Classes:
    """Return the classes that the values of an annotation have, none where that takes more than a look."""
    plain = MISSING if hint is MISSING else unwrap(hint)
    if plain is None:
        return (type(None),)
    if is_union(plain):
        members = [_classes(member) for member in typing.get_args(plain)]
        return tuple(cls for member in members for cls in member) if all(members) else ()
    origin = typing.get_origin(plain)
    if origin is Literal:
        return tuple({type(value) for value in typing.get_args(plain)})
    if origin in _CONTAINERS:
        return (cast("type", origin),)
    return _of_class(plain) if isinstance(plain, type) else ()


def _of_class(cls: type) -> _Classes:
    if typing.is_typeddict(cls):
        return (dict,)
    if cls is object or cls.__module__ in _OPEN_MODULES or vars(cls).get("_is_protocol"):
        return ()
    return _NUMBERS.get(cls, (cls,))


def _passes(value: object, classes: _Classes) -> bool:
    """Say whether a value counts as one of some classes, though it is none."""
    if isinstance(value, Failed):
        return True
    bases = type(value).__mro__
    if any(_name(base) == _name(cls) for base in bases for cls in classes):
        return True  # a class that was read twice, as a notebook does
    numpy = {base.__name__ for base in bases if base.__module__ == "numpy"}
    return any(numpy & _NUMPY.get(cls, frozenset()) for cls in classes)


def _name(cls: type) -> tuple[str, str]:
    return cls.__module__, cls.__qualname__


def _message(step: Step[Any, Any, Any], value: object, part: str, hint: Hint) -> str:
    want = type_text(hint)
    have = f"a tuple of {len(value)}" if isinstance(value, tuple) and not part else type_text(type(value))
    as_part = f" as `{part}`" if part else ""
    return compose(
        f"step {step.name} returned {have}{as_part}, its annotation says {want} ({step.loc})",
        hint=f"return {want}, or change the annotation",
    )
