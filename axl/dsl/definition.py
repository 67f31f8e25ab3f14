"""What is wrong with a workflow class as it is written: told when the class is defined, all at once."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from axl.dsl.collect import Mistakes
from axl.dsl.location import caller, line_of
from axl.dsl.methods import inner_of, wrapped
from axl.dsl.step import Step
from axl.errors import DefinitionError, Loc


def check_definition(cls: type, base: type) -> None:
    """Raise what keeps a class from being a workflow: `base` is the class that all workflows inherit from."""
    mistakes = Mistakes()
    mistakes.attempt(lambda: check_init(cls, base), None)
    for wrong in _of_graph(cls, inspect.getattr_static(cls, "graph")):
        mistakes.note(wrong)
    for owner in cls.__mro__:
        if owner is cls or not issubclass(owner, base):
            for wrong in _of_methods(owner):
                mistakes.note(wrong)
    mistakes.settle()


def check_init(cls: type, base: type) -> None:
    """Raise `DefinitionError` for a workflow with an `__init__`, which a decorator may give it later."""
    own: object = inspect.getattr_static(cls, "__init__")
    if own is inspect.getattr_static(base, "__init__"):
        return
    written = isinstance(own, FunctionType) and own.__qualname__.endswith(f"{cls.__name__}.__init__")
    where = line_of(own.__code__) if written and isinstance(own, FunctionType) else None
    raise DefinitionError(
        f"{cls.__name__} has an __init__",
        where=where if where and where.file != "<string>" else class_line(cls) or caller(),
        hint="every step runs on a fresh object; use class attributes, or parameters of graph",
    )


def _of_graph(cls: type, graph: object) -> Iterator[DefinitionError]:
    form = "write `def graph(self, …):`"
    if isinstance(graph, Step):
        what = f"graph of {cls.__name__} is not a method but a step"
        yield DefinitionError(
            what, where=graph.loc, hint="take @step off: graph wires the steps, and is none"
        )
    elif not isinstance(graph, FunctionType):
        what = f"graph of {cls.__name__} is not a method"
        yield DefinitionError(what, where=_line_under(graph) or caller(), hint=form)
    else:
        yield from _of_plain_graph(cls, inspect.unwrap(graph))


def _of_plain_graph(cls: type, graph: FunctionType) -> Iterator[DefinitionError]:
    where, of = line_of(graph.__code__), f"graph of {cls.__name__}"
    if inspect.iscoroutinefunction(graph) or inspect.isasyncgenfunction(graph):
        yield DefinitionError(f"{of} is async", where=where, hint="drop `async`: it only wires steps")
    elif inspect.isgeneratorfunction(graph):
        yield DefinitionError(
            f"{of} yields", where=where, hint="return what the run results in, as a list where it is many"
        )
    if not inspect.signature(graph).parameters:
        yield DefinitionError(f"{of} has no `self`", where=where, hint="write `def graph(self, …):`")


def _of_methods(owner: type) -> Iterator[DefinitionError]:
    for name, value in vars(owner).items():
        if isinstance(value, Step):
            yield from value.mistakes
        elif (step := _step_under(name, value)) is not None:
            yield wrapped(f"step `{owner.__name__}.{name}`", name, value, step.loc)


def _step_under(name: str, value: object) -> Step[Any, Any, Any] | None:
    """Return the step that another decorator was put above, if it was."""
    inner = inner_of(value)
    while inner is not None and not isinstance(inner, Step):
        inner = inner_of(inner)
    if isinstance(inner, Step) or not isinstance(value, FunctionType) or value.__name__ == name:
        return inner
    return next((item for item in _held(value) if isinstance(item, Step)), None)


def _held(function: FunctionType) -> Iterator[object]:
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet, as the class itself while it is made
            continue


def _line_under(value: object) -> Loc | None:
    inner = inner_of(value)
    return line_of(inner.__code__) if isinstance(inner, FunctionType) else None


def class_line(cls: type) -> Loc | None:
    """Return the line of the first step or method of a class: no class knows its own."""
    for value in vars(cls).values():
        if isinstance(value, Step):
            return value.loc
        if isinstance(value, FunctionType):
            return line_of(inspect.unwrap(value).__code__)
    return None
