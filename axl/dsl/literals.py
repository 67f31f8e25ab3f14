"""What to write in place of a value that cannot be a literal: JSON holds it in another form, or a step makes it."""

from __future__ import annotations

import inspect
import os
import types
from collections import abc
from datetime import date, time
from enum import Enum
from typing import Any

from axl.dsl.step import BoundStep, PartialStep, Step

_ELSEWHERE = (
    "literals are JSON values (None, bool, int, float, str, list, dict) and tuples; "
    "make anything else in a step, or take it as a parameter of graph"
)
_ONE_BY_ONE = (abc.Iterator, abc.MappingView, range)
_LONGEST = 80


def advice(value: object) -> str:
    """Return the form to use in place of a value that was passed while tracing."""
    if isinstance(value, Step | BoundStep | PartialStep):
        return _called(value)
    if inspect.iscoroutine(value) or inspect.isasyncgen(value):
        return "drop `async`: steps and graph are plain methods"
    if isinstance(value, _ONE_BY_ONE):
        return "pass a list, as in list(…)"
    if isinstance(value, abc.Set):
        return "pass a list, as in sorted(…): JSON has no sets"
    if isinstance(value, Enum):
        return "pass its .value, or take it as a parameter of graph, which may be an enum"
    if isinstance(value, os.PathLike):
        return "pass str(…), and make the path inside the step"
    if isinstance(value, date | time):
        return "pass .isoformat(), and read it inside the step"
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return "steps find functions by themselves: call it inside the step, and pass what it needs"
    return _of_numpy(value) or _ELSEWHERE


def in_short(value: object) -> str:
    """Return a value in one short line, whatever its `__repr__` does."""
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 (an author's __repr__ may raise anything)
        return f"its __repr__ raised {type(error).__name__}"
    return f"{' '.join(text.split()):.{_LONGEST}}"


def _called(value: Step[Any, Any, Any] | BoundStep[Any, Any] | PartialStep[Any]) -> str:
    bound = value.bound if isinstance(value, PartialStep) else value
    name = bound.step.name if isinstance(bound, BoundStep) else bound.name
    return f"call the step: self.{name}(…), or self.{name}.map(…) over a list"


def _of_numpy(value: object) -> str:
    if type(value).__module__ != "numpy":
        return ""
    if type(value).__name__ == "ndarray":
        return "pass .tolist(), or make the array in a step"
    return "pass Python's own value, as .item() gives it"
