"""What an author's mistake in `graph` means: an exception or a call that fits no signature, told as ours."""

from __future__ import annotations

import inspect
import linecache
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from types import FunctionType, MethodType
from typing import TypeGuard

from axl.dsl.describe import steps_of
from axl.dsl.location import caller, is_library, is_ours, raised_at, shown
from axl.dsl.symbol import OutputRef
from axl.dsl.workflow import Workflow
from axl.errors import DefinitionError, Loc, TraceError

_UNKNOWN_OPTION = re.compile(r"(?:Bound|Partial)Step\.map\(\) got an unexpected keyword argument '(\w+)'")
_SYMBOLS = "graph() only wires steps: its values are symbols until the workflow runs"


def raised_in_graph(error: Exception, cls: type[Workflow]) -> DefinitionError:
    """Return what an exception in `graph` means to its author, at the author's own line."""
    where = raised_at(error)
    if isinstance(error, RecursionError):
        return DefinitionError(
            f"graph of {cls.__name__} calls itself without end",
            where=_first_line(error) or where,
            hint="put what recurs inside a step",
        )
    if isinstance(error, AttributeError) and isinstance(error.obj, Workflow) and error.name:
        return _no_step(type(error.obj), error.name, where)
    return DefinitionError(
        f"graph of {cls.__name__} raised {type(error).__name__}: {error}{_line(where)}",
        where=where,
        hint=_guess(error, cls),
    )


def _guess(error: Exception, cls: type[Workflow]) -> str:
    """Return what an exception of Python's means to somebody who wires steps, where that is clear."""
    text = str(error)
    if OutputRef.__name__ in text:
        return _SYMBOLS
    if isinstance(error, NameError) and error.name in steps_of(cls):
        return f"write self.{error.name}(…)"
    if isinstance(error, TypeError) and (found := _UNKNOWN_OPTION.search(text)):
        return (
            f"map takes its items by position; write self.….partial({found[1]}=…).map(items) for what stays, "
            f"or one of concurrency, batch, max_items"
        )
    if isinstance(error, AttributeError) and error.name in ("map", "partial") and _is_method(error.obj):
        return f"`{error.obj.__name__}` is a plain method: put @step above it"
    return ""


def _is_method(value: object) -> TypeGuard[MethodType | FunctionType]:
    return isinstance(value, MethodType | FunctionType)


def _first_line(error: Exception) -> Loc | None:
    step = error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if not is_ours(file) and not is_library(file):
            return Loc(shown(file), step.tb_lineno)
        step = step.tb_next
    return None


def misfit(
    name: str,
    signature: inspect.Signature,
    args: Sequence[object],
    kwargs: Mapping[str, object],
    error: TypeError,
    defined: Loc | None,
) -> TraceError:
    """Return why a call does not fit a signature: every argument that is unknown, and every one that lacks."""
    known = list(signature.parameters)
    unknown = [item for item in kwargs if item not in known]
    meant = [near[0] for item in unknown if (near := get_close_matches(item, known, n=1))]
    missing = [
        item.name
        for place, item in enumerate(signature.parameters.values())
        if item.default is item.empty and place >= len(args) and item.name not in [*kwargs, *meant]
    ]
    wrong = [f"does not take {_names(unknown)}"] if unknown else []
    wrong += [f"is called without {_names(missing)}"] if missing else []
    what = f"{name} {' and '.join(wrong)}" if wrong else f"{name}: {error}"
    guess = [f"did you mean `{near}`?" for near in meant]
    place = f", defined at {defined}" if defined else ""
    form = f"it is {name.rpartition(' ')[2].strip('`')}{as_written(signature)}{place}"
    return TraceError(what, where=caller(), hint=" ".join([*guess, form]))


def _no_step(cls: type[Workflow], name: str, where: Loc | None) -> DefinitionError:
    steps = list(steps_of(cls))
    near = get_close_matches(name, [*steps, *(item for item in dir(cls) if item[0] != "_")], n=1)
    guess = f"did you mean `self.{near[0]}`? " if near else ""
    known = f"its steps are {', '.join(steps)}" if steps else "it has no steps: mark its methods with @step"
    return DefinitionError(
        f"{cls.__name__} has no step or attribute `{name}`", where=where, hint=f"{guess}{known}"
    )


class _Bare(str):
    """An annotation that is text, shown without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


def as_written(signature: inspect.Signature) -> inspect.Signature:
    """Return a signature that prints annotations as they stand in the source, without quotes."""
    parameters = [
        item.replace(annotation=_Bare(item.annotation)) if isinstance(item.annotation, str) else item
        for item in signature.parameters.values()
    ]
    return inspect.Signature(parameters)


def _names(names: Iterable[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _line(where: Loc | None) -> str:
    text = linecache.getline(where.file, where.line).strip() if where else ""
    return f"\n    {text}" if text else ""
