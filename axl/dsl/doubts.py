"""What is legal in a workflow class and yet may be a slip: told as warnings, with every other problem."""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

from axl.dsl.describe import has_graph, loc_of, steps_of
from axl.dsl.forgotten import names_in, plain_calls
from axl.dsl.options import CLASS_OPTIONS, SETTINGS
from axl.dsl.shared_files import shared_files
from axl.dsl.signature import Unread, unread_annotations
from axl.dsl.step import Step
from axl.dsl.trace import called_by
from axl.errors import Loc, Problem

if TYPE_CHECKING:
    from axl.dsl.workflow import Workflow
    from axl.ir.nodes import IRWorkflow

_NEAR = 0.65
_STORED_BY_TYPE = ("DataFrame", "Table", "RecordBatch", "ndarray")
_IMPORT = "define or import them, outside of `if TYPE_CHECKING:`; a type is checked, and chooses how a value is stored"


def doubts_of(cls: type[Workflow], program: IRWorkflow) -> tuple[Problem, ...]:
    """Return warnings about the classes behind a traced program themselves."""
    found = [problem for owner in (cls, *called_by(cls, program)) for problem in _doubts(owner)]
    return (*found, *_shared(cls, program))


def _doubts(cls: type[Workflow]) -> Iterator[Problem]:
    yield from _plain_methods(cls)
    yield from _annotations(cls)
    yield from _attributes(cls)


def _plain_methods(cls: type[Workflow]) -> Iterator[Problem]:
    for name, loc in plain_calls(cls).items():
        yield _warning(
            f"graph calls `{name}`, which is a plain method: it runs while the workflow is traced, and is no step",
            "put @step above it; what is meant to be fixed can be a class attribute",
            loc_of(cls),
            loc,
        )


def _annotations(cls: type[Workflow]) -> Iterator[Problem]:
    functions: list[tuple[str, Callable[..., object], Loc | None]]
    functions = [(f"step `{step.name}`", step.function, step.loc) for step in steps_of(cls).values()]
    if has_graph(cls):
        functions.append(("graph", inspect.unwrap(inspect.getattr_static(cls, "graph")), loc_of(cls)))
    for of, function, loc in functions:
        lost = [each for name, each in unread_annotations(function).items() if _matters(name, each, function)]
        if lost:
            words = ", ".join(dict.fromkeys(f"`{each.text}` ({each.why})" for each in lost))
            yield _warning(f"annotations of {of} cannot be read: {words}", _IMPORT, loc)


def _matters(name: str, unread: Unread, function: Callable[..., object]) -> bool:
    """Say whether an unread annotation is a slip: a name that nothing in the file binds, or one that stores.

    What is imported for type checkers alone is meant to be unknown when the workflow runs.
    """
    if unread.missing not in _bound_in(inspect.unwrap(function).__code__.co_filename):
        return True
    return name == "return" and unread.text.rpartition(".")[2] in _STORED_BY_TYPE


@lru_cache(maxsize=64)
def _bound_in(file: str) -> frozenset[str]:
    """Return every name that a file imports or defines anywhere."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return frozenset()
    imported = {
        (item.asname or item.name).partition(".")[0] for item in ast.walk(tree) if isinstance(item, ast.alias)
    }
    defined = {item.name for item in ast.walk(tree) if isinstance(item, ast.ClassDef | ast.FunctionDef)}
    assigned = {
        item.id for item in ast.walk(tree) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)
    }
    return frozenset(imported | defined | assigned)


def _attributes(cls: type[Workflow]) -> Iterator[Problem]:
    used = frozenset[str]().union(*map(names_in, _codes(cls)))
    known = (*CLASS_OPTIONS, *SETTINGS)
    for base in cls.__mro__[:-1]:
        for name, value in vars(base).items():
            if name in {*known, *used} or name.startswith("_") or callable(value) or isinstance(value, Step):
                continue
            near = get_close_matches(name, known, n=1, cutoff=_NEAR)
            if near:
                what = f"`{name}` of {base.__name__} is no option of axl, and nothing in the class reads it"
                yield _warning(what, f"did you mean `{near[0]}`?", loc_of(cls))


def _codes(cls: type[Workflow]) -> Iterator[CodeType]:
    for base in cls.__mro__:
        for value in vars(base).values():
            found = value.function if isinstance(value, Step) else value
            plain = inspect.unwrap(found) if isinstance(found, FunctionType) else found
            if isinstance(plain, FunctionType):
                yield plain.__code__


def _shared(cls: type[Workflow], program: IRWorkflow) -> Iterator[Problem]:
    for step, file in shared_files(cls, program):
        yield _warning(
            f"step `{step.name}` writes and returns {file}, one file for all items of the map that it is in",
            "items run at once: write into a folder of its own, Path(tempfile.mkdtemp())",
            step.loc,
        )


def _warning(what: str, hint: str, *where: Loc | None) -> Problem:
    places = tuple(loc for loc in where if loc is not None)
    return Problem(rule="doubts", what=what, where=places, hint=hint, severity="warning")
