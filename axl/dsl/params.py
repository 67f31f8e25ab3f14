"""The run's parameters: the arguments of `graph`, and the fields of what the `params` step returns."""

from __future__ import annotations

import dataclasses
import inspect
import json
from enum import Enum
from functools import partial
from typing import Any, cast

from axl.dsl.collect import Mistakes
from axl.dsl.describe import has_graph, loc_of, steps_of
from axl.dsl.infer import graph_signature
from axl.dsl.location import caller
from axl.dsl.schema import json_schema, type_text
from axl.dsl.signature import annotations_of
from axl.dsl.workflow import Workflow
from axl.errors import DefinitionError, Loc
from axl.ir.hints import MISSING, Hint, StepHints
from axl.ir.nodes import PARAMS, Const, Param

_STARS = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
SCALARS = (type(None), bool, int, float, str)
"""Types that JSON has, and that are no containers."""


def graph_hints(cls: type[Workflow]) -> dict[str, Hint]:
    """Return the annotation of every argument of `graph`, and of its `return`."""
    graph = inspect.unwrap(inspect.getattr_static(cls, "graph"))
    if not has_graph(cls):
        return {name: item.annotation for name, item in graph_signature(cls).parameters.items()}
    return annotations_of(graph)


def parameter_names(cls: type[Workflow]) -> list[str]:
    """Return the names of the arguments of `graph`; `DefinitionError` for those that cannot be given by name."""
    parameters = graph_signature(cls).parameters.values()
    wrong = " and ".join(f"`{item}`" for item in parameters if item.kind in _STARS)
    if wrong:
        raise DefinitionError(
            f"graph of {cls.__name__} takes {wrong}",
            where=loc_of(cls),
            hint="parameters are given by name: name every argument",
        )
    return [item.name for item in parameters]


def graph_params(cls: type[Workflow], hints: dict[str, Hint]) -> tuple[Param, ...]:
    """Return the arguments of `graph` as parameters; `DefinitionError` for those that JSON cannot hold."""
    mistakes, loc = Mistakes(), loc_of(cls)
    out: list[Param] = []
    for item in graph_signature(cls).parameters.values():
        hint, default = hints.get(item.name, MISSING), None
        if item.default is not item.empty:
            default = mistakes.attempt(partial(_default, item.default, cls, item.name, loc), None)
        out.append(
            Param(
                name=item.name,
                type="" if hint is MISSING else type_text(hint),
                schema=mistakes.attempt(partial(_schema, hint, cls, item.name, loc), ""),
                default=default,
                required=default is None,
                loc=loc,
            )
        )
    mistakes.settle()
    return tuple(out)


def step_params(cls: type[Workflow]) -> tuple[Param, ...]:
    """Return the fields of the model that the `params` step returns, if there is such a step."""
    step = steps_of(cls).get(PARAMS)
    if step is None:
        return ()
    if step.signature.takes:
        raise DefinitionError(
            "step `params` takes arguments",
            where=step.loc,
            hint="it takes nothing and returns a pydantic model, whose fields become parameters of the run",
        )
    fields = _fields(step.signature.returns)
    if not fields:
        raise DefinitionError(
            "step `params` is not annotated with a pydantic model",
            where=step.loc,
            hint="write `def params(self) -> TrainParams:`, or give the step another name",
        )
    mistakes = Mistakes()
    out = tuple(
        Param(
            name=name,
            type=type_text(item.annotation),
            schema=mistakes.attempt(partial(_schema, item.annotation, cls, name, step.loc), ""),
            default=_field_default(item),
            doc=item.description or "",
            step=PARAMS,
            loc=step.loc,
        )
        for name, item in fields.items()
    )
    mistakes.settle()
    return out


def model_hints(cls: type[Workflow]) -> StepHints | None:
    """Return the fields of the model that the `params` step returns, and those defaults that pydantic trusts."""
    step = steps_of(cls).get(PARAMS)
    fields = _fields(step.signature.returns) if step else {}
    if step is None or not fields:
        return None
    model = cast("Any", step.signature.returns)
    trusted = {
        name: item.default
        for name, item in fields.items()
        if _has_value(item) and not (item.validate_default or model.model_config.get("validate_default"))
    }
    return StepHints(
        takes={name: item.annotation for name, item in fields.items()}, defaults=trusted, loc=step.loc
    )


def given_model(cls: type[Workflow], given: object) -> object:
    """Return what stands for the result of the `params` step; `DefinitionError` where it cannot."""
    step = steps_of(cls).get(PARAMS)
    if step is None:
        raise DefinitionError(
            f"{cls.__name__} has no step `params` to give a result for",
            where=caller(),
            hint="the arguments of graph are passed to graph()",
        )
    model = step.signature.returns
    if not (isinstance(model, type) and isinstance(given, model)):
        raise DefinitionError(
            f"params of {cls.__name__} is {given!r:.80}, not what its step `params` returns",
            where=caller(),
            hint=f"write {cls.__name__}(params={type_text(model).rpartition('.')[2]}(…))",
        )
    return given


def _fields(model: object) -> dict[str, Any]:
    """Return the fields of a pydantic model by pydantic's own door, without importing it."""
    if not isinstance(model, type) or inspect.getattr_static(model, "model_fields", None) is None:
        return {}
    return dict(cast("Any", model).model_fields)


def _has_value(item: Any) -> bool:
    return not item.is_required() and item.default_factory is None


def _field_default(item: Any) -> Const | None:
    """Return a field's default where JSON holds it; of factories only those that always give the same."""
    if not _has_value(item) and item.default_factory not in (list, dict):
        return None
    value = item.default if item.default_factory is None else item.default_factory()
    try:
        return Const(_text(value))
    except (TypeError, ValueError, RecursionError):
        return None


def json_of(value: object) -> object:
    """Return a default as JSON: enums by value, models by their own dump, dataclasses by field."""
    if type(value) in SCALARS:  # a list may have a hundred thousand of them
        return value
    if isinstance(value, Enum):
        return json_of(value.value)
    if isinstance(value, list | tuple):
        return [json_of(item) for item in value]
    if isinstance(value, set | frozenset):  # in one order, whatever order this process has them in
        return sorted((json_of(item) for item in value), key=_text)
    if isinstance(value, dict):
        return {json_of(key): json_of(item) for key, item in value.items()}
    dump = inspect.getattr_static(type(value), "model_dump", None)
    if dump is not None:
        return value.model_dump(mode="json")  # type: ignore[attr-defined]  # pydantic's own door, as above
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: json_of(vars(value)[item.name]) for item in dataclasses.fields(value)}
    return value


def _default(value: object, cls: type[Workflow], name: str, loc: Loc | None) -> Const:
    try:
        return Const(_text(value))
    except (TypeError, ValueError, RecursionError) as error:
        raise DefinitionError(
            f"the default of `{name}` in {cls.__name__}.graph is {value!r:.80}, which JSON cannot hold",
            where=loc,
            hint="parameters are JSON types, enums and pydantic models; make other values in a step",
        ) from error


def _text(value: object) -> str:
    return json.dumps(json_of(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _schema(hint: Hint, cls: type[Workflow], name: str, loc: Loc | None) -> str:
    schema = {} if hint is MISSING else json_schema(hint)
    if schema is None:
        raise DefinitionError(
            f"the parameter `{name}` of {cls.__name__} has the type {type_text(hint)}, which JSON cannot hold",
            where=loc,
            hint="parameters are JSON types, enums and pydantic models; make other values in a step",
        )
    return json.dumps(schema, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
