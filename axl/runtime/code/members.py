"""Follows classes: what their statements say, what their attributes hold, and what `self` means in a workflow."""

from __future__ import annotations

import inspect
import sys
from types import FunctionType
from typing import TYPE_CHECKING

from axl.dsl.location import shown
from axl.dsl.naming import module_name
from axl.dsl.step import Step
from axl.errors import Loc
from axl.runtime.code.modules import module_of, own_methods, registered_in, wrapped_in
from axl.runtime.code.normal import Chain, Reading
from axl.runtime.code.source import Source
from axl.runtime.code.unseen import reads_outside

if TYPE_CHECKING:
    from axl.runtime.code.following import Walk

_KEPT = frozenset({"__dataclass_fields__", "__pydantic_fields__", "__call__", "__class_getitem__"})
"""Attributes with a name of Python's kind that hold what an author wrote."""
_NOISE = frozenset({"_abc_impl"})


def read_class(walk: Walk, cls: type) -> None:
    """Follow a class: its bases, its statements, and everything that it holds."""
    name = walk.parts.name_of(cls, own=walk.is_own(cls))
    if not walk.is_own(cls):
        walk.package(module_of(cls))
        return
    walk.parts.pin(cls)
    for place, base in enumerate((*cls.__mro__[1:], type(cls))):
        walk.visit(base, name, f"base {place}")
    module = sys.modules.get(cls.__module__)
    source = walk.project.source(module)
    nodes = source.classes.get(cls.__qualname__, []) if source else []
    fresh = bool(source and nodes) and all(
        source.node_of(item.__code__) for item in own_methods(cls) if source
    )
    reading = None
    if source and module and fresh:
        walk.statements(name, nodes, module, source)
        reading = source.read(nodes)
    for place, other in enumerate(registered_in(cls)):
        walk.visit(other, name, f"registered {place}")
    for key, value in list(vars(cls).items()):
        _member(walk, cls, key, value, reading, source)


def _member(
    walk: Walk, cls: type, key: str, value: object, reading: Reading | None, source: Source | None
) -> None:
    """Follow an attribute, but not the text of a method that the statements of its class have told."""
    name = walk.parts.name_of(cls, own=True)
    functions = _functions_in(value)
    told = reading is not None and all(_stands_in(cls, item) for item in functions)
    if functions and told and reading is not None:
        for place, function in enumerate(functions):
            where = Loc(shown(function.__code__.co_filename), reading.line)
            walk.loose(function, f"{name}.{key}" + (f".{place}" if place else ""), reading, where)
        return
    if key in _NOISE or (key.startswith("__") and key not in _KEPT and not functions):
        return
    opaque = walk.visit(value, name, f".{key}")
    made = source.made_in(cls.__qualname__, key, code=False) if source else []
    if opaque and made and reading and reads_outside(reading.words):
        walk.refuse(
            f"{name}.{key}", opaque, Loc(shown(str(sys.modules[cls.__module__].__file__)), reading.line)
        )


def _functions_in(value: object) -> list[FunctionType]:
    """Return the functions behind a method, whatever stands around them; none where there is anything else."""
    inner = inspect.unwrap(value) if isinstance(value, FunctionType) else value
    if isinstance(inner, FunctionType):
        return [inner]
    if not isinstance(value, (staticmethod, classmethod, property, Step)):
        return []
    parts = [_functions_in(part) for part in wrapped_in(value) or [] if part is not None]
    return [item for part in parts for item in part] if all(parts) else []


def _stands_in(cls: type, function: FunctionType) -> bool:
    """Say whether a function was written in a class, or made for it from what is written there."""
    made = function.__code__.co_filename.startswith("<") and function.__module__ in (
        cls.__module__,
        "builtins",
    )
    return made or function.__qualname__.startswith(f"{cls.__qualname__}.")


def read_self(walk: Walk, chain: Chain, reader: str, via: str) -> None:
    """Follow `self.name`, and `self` where it is passed on: then every method may be used."""
    owner = walk.owner
    if owner is None:
        return
    names = chain[2:] if chain[1:2] == ("__class__",) else chain[1:]
    if names:
        _read_attribute(walk, owner, names[0], reader, via)
        return
    for place, cls in enumerate(owner.__mro__):
        if walk.is_own(cls):
            walk.visit(cls, reader, f"{via} {place}")


def read_super(walk: Walk, name: str, reader: str, via: str) -> None:
    """Follow `super().name`: every base that has it may be meant."""
    for place, cls in enumerate(walk.owner.__mro__ if walk.owner else ()):
        if name in vars(cls):
            _class_attribute(walk, cls, name, reader, f"{via} {place}")


def _read_attribute(walk: Walk, owner: type, name: str, reader: str, via: str) -> None:
    for cls in owner.__mro__:
        # `self.__name` is written down with the name of its class.
        for key in (name, f"_{cls.__name__.lstrip('_')}{name}"):
            if key in vars(cls):
                _class_attribute(walk, cls, key, reader, via)
                return
    for cls in owner.__mro__:  # what no class has, these make
        for maker in ("__getattr__", "__getattribute__"):
            if maker in vars(cls):
                _class_attribute(walk, cls, maker, reader, via)


def _class_attribute(walk: Walk, cls: type, name: str, reader: str, via: str) -> None:
    if not walk.is_own(cls):
        walk.parts.link(reader, via, f"{cls.__module__}.{cls.__qualname__}.{name}")
        return
    module = sys.modules.get(cls.__module__)
    source = walk.project.source(module)
    key = f"{module_name(cls.__module__)}:{cls.__qualname__}.{name}"
    value = vars(cls)[name]
    code = isinstance(value, (FunctionType, type)) or wrapped_in(value) is not None
    made = source.made_in(cls.__qualname__, name, code=code) if source else []
    walk.parts.link(reader, via, key)
    if not walk.is_new("attribute", key):
        return
    if source and module and made:
        walk.statements(key, made, module, source)
    opaque = walk.visit(value, key, "value", method=True)
    if opaque and (not made or (source and reads_outside(source.read(made).words))):
        walk.refuse(key, opaque, None)
