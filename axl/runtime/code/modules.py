"""Modules and names as a step would find them: what a name is now, and what an import brings."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import sys
import types
from abc import ABCMeta, _get_dump  # type: ignore[attr-defined]  # the registry has no public reader
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType, MemberDescriptorType, MethodType, ModuleType

from axl.dsl.step import BoundStep, Step
from axl.errors import Loc, UnsupportedError
from axl.runtime.code.normal import Import

_DEEP = 3


class FingerprintError(UnsupportedError):
    """A part of a step's code cannot be followed, so that its results cannot be told from stale ones."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in one place: globals, imports of the function, its own variables, and `self`.

    `reader` is the part that reads them there. What names may not be followed is refused where it is
    `strict`: not in what a module did when it was imported, the traces of which are in its values. Imports
    are done where they are `late`, in functions; others were done already, or never will be.
    """

    reader: str
    globals: Mapping[str, object]
    where: Loc | None
    imports: Mapping[str, Import] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    self_name: str = ""
    strict: bool = True
    late: bool = False


def wrapped_in(value: object) -> list[object] | None:
    """Return what a wrapper around code holds, `None` for what is no wrapper."""
    match value:
        case Step():
            return [value.function]
        case BoundStep():
            return [value.step.function]
        case staticmethod() | classmethod():
            return [value.__func__]
        case MethodType():
            return [value.__func__, value.__self__]
        case property():
            return [value.fget, value.fset, value.fdel]
        case functools.singledispatchmethod():
            rows = value.dispatcher.registry.items()
            return [value.func, *(part for row in rows for part in row)]
        case functools.cached_property():
            return [value.func]
        case functools.partial() | functools.partialmethod():
            return [value.func, value.args, dict(value.keywords)]
        case _:
            inner = inspect.getattr_static(value, "__wrapped__", None)
            return None if inner is None else [inner]


def code_in(value: object, depth: int = 0) -> Iterator[object]:
    """Yield the code in a value and in containers inside it."""
    if isinstance(value, (FunctionType, type, ModuleType)) or wrapped_in(value) is not None:
        yield value
    elif isinstance(value, Mapping | list | tuple | set | frozenset) and depth < _DEEP:
        for item in list(value.values() if isinstance(value, Mapping) else value):
            yield from code_in(item, depth + 1)


def state_of(value: object) -> list[tuple[str, object]]:
    """Return the attributes that an object itself holds."""
    state = list(getattr(value, "__dict__", {}).items())
    slots = [item for cls in type(value).__mro__ for item in vars(cls).items()]
    for name, slot in slots:
        if isinstance(slot, MemberDescriptorType):
            try:
                state.append((name, slot.__get__(value)))
            except AttributeError:
                continue
    return state


def is_method_of(owner: type | None, function: FunctionType) -> bool:
    """Say whether a function was written as a method of a class or its bases, however it was reached."""
    names = [f"{cls.__qualname__}." for cls in (owner.__mro__ if owner else ())]
    inside = any(function.__qualname__ == name + function.__name__ for name in names)
    return inside and not isinstance(inspect.getattr_static(owner, function.__name__, None), staticmethod)


def own_methods(cls: type) -> list[FunctionType]:
    """Return the functions that were written in a class, whatever stands around them."""
    found: list[FunctionType] = []
    for value in vars(cls).values():
        inner = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        inner = inner.function if isinstance(inner, Step) else inner
        inner = inspect.unwrap(inner) if isinstance(inner, FunctionType) else inner
        if isinstance(inner, FunctionType) and inner.__code__.co_qualname.startswith(f"{cls.__qualname__}."):
            found.append(inner)
    return [item for item in found if not item.__code__.co_filename.startswith("<string>")]


def names_in(module: ModuleType, name: str) -> Mapping[str, object]:
    """Return a module's names, with one more if the module makes it when it is asked for."""
    names = vars(module)
    if name in names or "__getattr__" not in names:
        return names
    try:
        return {**names, name: getattr(module, name)}
    except AttributeError:
        return names


def _absolute(item: Import, names: Mapping[str, object]) -> str:
    package = names.get("__package__") or str(names.get("__name__", "")).rpartition(".")[0]
    return importlib.util.resolve_name("." * item.level + item.module, str(package))


def loaded(item: Import, names: Mapping[str, object]) -> ModuleType | None:
    """Return the module that an import names, if it is loaded."""
    try:
        return sys.modules.get(_absolute(item, names))
    except ImportError:
        return None


def import_own(item: Import, scope: Scope) -> ModuleType:
    """Import a module of the author's, as the step would."""
    try:
        module = importlib.import_module(_absolute(item, scope.globals))
        if item.attr and item.attr != "*" and item.attr not in vars(module) and "__path__" in vars(module):
            importlib.import_module(f"{module.__name__}.{item.attr}")
    except Exception as error:  # the author's module may raise whatever it likes
        raise FingerprintError(
            f"the import of {item.module or item.attr} raises {type(error).__name__}: {error}",
            where=scope.where,
        ) from error
    return module


def module_of(code: FunctionType | type | ModuleType) -> str:
    """Return the name of the module that code belongs to; some classes of C have none."""
    if isinstance(code, ModuleType):
        return code.__name__
    name = code.__globals__.get("__name__") if isinstance(code, FunctionType) else code.__module__
    return name if isinstance(name, str) else ""


def registered_in(cls: type) -> list[type]:
    """Return the classes that count as subclasses of an abstract one because somebody registered them."""
    if not isinstance(cls, ABCMeta):
        return []
    found = [reference() for reference in _get_dump(cls)[0]]
    return sorted(
        [item for item in found if item is not None], key=lambda item: (module_of(item), item.__qualname__)
    )


def is_made_here(cls: type) -> bool:
    """Say whether a class that names `types` as its module was made by the author's call of something in it."""
    return cls.__module__ == "types" and vars(types).get(cls.__qualname__) is not cls


def attribute(value: object, name: str) -> object:
    """Return an attribute of a module or class without running anything; `None` where there is none."""
    if isinstance(value, ModuleType):
        return vars(value).get(name)
    return inspect.getattr_static(value, name, None) if isinstance(value, type) else None


def ours_in(function: FunctionType) -> Callable[[str], bool]:
    """Tell the decorators of axl among those of a function: what they say is in the workflow already."""

    def is_ours(name: str) -> bool:
        value = function.__globals__.get(name)
        module = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        return isinstance(module, str) and module.partition(".")[0] == "axl"

    return is_ours
