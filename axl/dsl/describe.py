"""What a workflow class says of itself; functions, so that every name stays free for steps."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from axl.dsl.builder import id_from
from axl.dsl.collect import Mistakes
from axl.dsl.definition import class_line
from axl.dsl.location import line_of
from axl.dsl.naming import module_name
from axl.dsl.options import CLASS_OPTIONS, PARSERS, Options, merge, parse_options
from axl.dsl.step import Step
from axl.errors import DefinitionError, Loc

if TYPE_CHECKING:
    from axl.dsl.workflow import Workflow


_STEPS: dict[type[Workflow], dict[str, Step[Any, Any, Any]]] = {}
_DEFAULTS: dict[type[Workflow], Options] = {}


def has_graph(cls: type[Workflow]) -> bool:
    """Say whether a workflow has a `graph` of its own."""
    return bool(inspect.unwrap(inspect.getattr_static(cls, "graph")).__module__ != "axl.dsl.workflow")


def source_of(cls: type[Workflow]) -> str:
    """Return `module:Class`; of a script's own class the name that its file could be imported by."""
    return f"{module_name(cls.__module__)}:{cls.__qualname__}"


def loc_of(cls: type[Workflow]) -> Loc | None:
    """Return where the graph of a workflow, or else its first step, is written."""
    if has_graph(cls):
        return line_of(inspect.unwrap(inspect.getattr_static(cls, "graph")).__code__)
    first = next(iter(steps_of(cls).values()), None)
    return first.loc if first else None


def name_of(cls: type[Workflow]) -> str:
    """Return the workflow's `name`, or its class name in kebab-case."""
    own = setting_of(cls, "name")
    return own if isinstance(own, str) else id_from(cls.__name__).replace("_", "-")


def on_exit_of(cls: type[Workflow]) -> str:
    """Return the name of the step that always runs last, or an empty text."""
    value = setting_of(cls, "on_exit")
    if isinstance(value, Step):
        return value.name
    return value if isinstance(value, str) else ""


def setting_of(cls: type[Workflow], name: str) -> object:
    """Return one of the workflow's own class attributes, or `None`."""
    for base in cls.__mro__:
        if name in vars(base):
            value: object = vars(base)[name]
            return None if isinstance(value, Step) and name != "on_exit" else value
    return None


def steps_of(cls: type[Workflow]) -> Mapping[str, Step[Any, Any, Any]]:
    """Return every step of a workflow by name, in order of definition, base classes first."""
    if cls not in _STEPS:
        _STEPS[cls] = _read_steps(cls)
    return _STEPS[cls]


def default_options(cls: type[Workflow]) -> Options:
    """Return the class attributes that are defaults for every step, parsed."""
    if cls not in _DEFAULTS:
        _DEFAULTS[cls] = _read_defaults(cls)
    return _DEFAULTS[cls]


def forget() -> None:
    """Read classes anew, because one has changed."""
    _STEPS.clear()
    _DEFAULTS.clear()


def _read_steps(cls: type[Workflow]) -> dict[str, Step[Any, Any, Any]]:
    names: dict[str, None] = {}
    for base in reversed(cls.__mro__):
        names |= dict.fromkeys(name for name, value in vars(base).items() if _is_step(name, value))
    found = {name: inspect.getattr_static(cls, name) for name in names}
    mistakes = Mistakes()
    for name, item in found.items():
        if not isinstance(item, Step):
            mistakes.note(_hidden(cls, name, item))
        elif item.name != name:
            mistakes.note(_renamed(item, name, is_known=item.name in found))
    mistakes.settle()
    return found


def _hidden(cls: type[Workflow], name: str, new: object) -> DefinitionError:
    where = line_of(new.__code__) if inspect.isfunction(new) else class_line(cls)
    return DefinitionError(
        f"{cls.__name__}.{name} overrides a step with something that is not one",
        where=where,
        hint="put @step above the new method",
    )


def _renamed(step: Step[Any, Any, Any], name: str, *, is_known: bool) -> DefinitionError:
    if is_known:
        what = f"step `{step.name}` is also called `{name}`"
        return DefinitionError(what, where=step.loc, hint="define the method under one name")
    return DefinitionError(
        f"step `{name}` is made of a function named `{step.name}`",
        where=step.loc,
        hint="a decorator under @step wraps the method with functools.wraps, which keeps its name and arguments",
    )


def _is_step(name: str, value: object) -> bool:
    return isinstance(value, Step) and (name != "on_exit" or value.name == name)


def _read_defaults(cls: type[Workflow]) -> Options:
    merged, mistakes = Options(), Mistakes()
    for base in reversed(cls.__mro__):
        given = {name: value for name, value in vars(base).items() if name in PARSERS and _is_data(value)}
        of_steps = [name for name in given if name not in CLASS_OPTIONS]
        for name in of_steps:
            what = f"{name} of workflow {base.__name__} is an option of single steps"
            mistakes.note(DefinitionError(what, where=class_line(base), hint=f"write @step({name}=…)"))
        own = {name: value for name, value in given.items() if name in CLASS_OPTIONS}
        read = partial(parse_options, own, where=class_line(base), of=f"workflow {base.__name__}")
        merged = merge(merged, mistakes.attempt(read, Options()))
    mistakes.settle()
    return merged


def _is_data(value: object) -> bool:
    return not isinstance(value, Step) and not inspect.isroutine(value)
