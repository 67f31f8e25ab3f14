"""Finds plain methods that a graph calls for a value: they run while it is traced, and may lack their @step."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

from axl.dsl.describe import has_graph, steps_of
from axl.dsl.location import is_ours, line_of

if TYPE_CHECKING:
    from axl.dsl.workflow import Workflow
    from axl.errors import Loc

_WIRING = frozenset({"graph", "map", "when", "after"})


def plain_calls(cls: type[Workflow]) -> Mapping[str, Loc]:
    """Return the plain methods that the graph of a class names and that wire no step, with their lines.

    Told from the names in their code alone: a method that calls steps is a part of the graph, and one
    that does not computes something.
    """
    if not has_graph(cls):
        return {}
    graph = inspect.unwrap(inspect.getattr_static(cls, "graph"))
    if not isinstance(graph, FunctionType):
        return {}
    plain = {
        name: code for name, code in _methods(cls) if not names_in(code) & (steps_of(cls).keys() | _WIRING)
    }
    return {name: line_of(plain[name]) for name in sorted(plain.keys() & names_in(graph.__code__))}


def _methods(cls: type[Workflow]) -> Iterator[tuple[str, CodeType]]:
    names = dict.fromkeys(name for base in cls.__mro__ for name in vars(base))
    for name in names:
        found = inspect.getattr_static(cls, name)
        if isinstance(found, FunctionType) and name != "graph" and not is_ours(found.__code__.co_filename):
            yield name, found.__code__


def names_in(code: CodeType) -> frozenset[str]:
    """Return every global and attribute that a function names, those of its inner functions included."""
    inner = (names_in(item) for item in code.co_consts if isinstance(item, CodeType))
    return frozenset(code.co_names).union(*inner)
