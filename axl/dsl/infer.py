"""The graph of a class that has none: an argument named after a step takes that step's result."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from axl.dsl.collect import Mistakes
from axl.dsl.describe import has_graph, loc_of, on_exit_of, steps_of
from axl.dsl.step import BoundStep, Step
from axl.errors import DefinitionError
from axl.ir.nodes import PARAMS

if TYPE_CHECKING:
    from axl.dsl.workflow import Workflow


def graph_signature(cls: type[Workflow]) -> inspect.Signature:
    """Return the signature of `graph` without `self`: the run's parameters."""
    if not has_graph(cls):
        return inferred_signature(cls)
    whole = inspect.signature(inspect.getattr_static(cls, "graph"))
    return whole.replace(parameters=list(whole.parameters.values())[1:])


def inferred_signature(cls: type[Workflow]) -> inspect.Signature:
    """Return the run parameters: every argument that no step is named after, keyword-only."""
    found: dict[str, inspect.Parameter] = {}
    makers: dict[str, Step[Any, Any, Any]] = {}
    mistakes = Mistakes()
    for step in _steps(cls).values():
        for name, item in step.signature.parameters.parameters.items():
            if name in steps_of(cls):
                continue
            hint = step.signature.takes[name]
            new = inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=item.default, annotation=hint
            )
            old = found.setdefault(name, new)
            other = makers.setdefault(name, step)
            if (old.annotation, repr(old.default)) != (new.annotation, repr(new.default)):
                mistakes.note(_in_two_ways(name, step, other))
    mistakes.settle()
    return inspect.Signature(list(found.values()))


def _in_two_ways(name: str, step: Step[Any, Any, Any], other: Step[Any, Any, Any]) -> DefinitionError:
    return DefinitionError(
        f"steps `{other.name}` and `{step.name}` take the parameter `{name}` in two ways",
        where=step.loc,
        hint=f"give it one type and one default, or write graph(); the other is at {other.loc}",
    )


def run_inferred(workflow: Workflow, given: dict[str, Any]) -> object:
    """Call every step of an inferred graph, each after the steps that its arguments name."""
    cls = type(workflow)
    steps = _steps(cls)
    if not steps:
        raise DefinitionError(
            f"{cls.__name__} has no steps",
            where=loc_of(cls),
            hint="mark its methods with @step, or write graph()",
        )
    signature = inferred_signature(cls)
    values: dict[str, object] = dict(signature.bind(**given).arguments)
    for name, item in signature.parameters.items():
        if item.default is not item.empty:
            values.setdefault(name, item.default)
    used: set[str] = set()
    for name in _ordered(cls, steps):
        wanted = steps[name].signature.parameters.parameters
        used.update(wanted)
        given_here: dict[str, Any] = {key: values[key] for key in wanted if key in values}
        values[name] = BoundStep(steps[name], workflow)(**given_here)
    results = {name: values[name] for name in steps if name not in used}
    return next(iter(results.values())) if len(results) == 1 else results


def _steps(cls: type[Workflow]) -> dict[str, Step[Any, Any, Any]]:
    leave = on_exit_of(cls)
    takers = {name for step in steps_of(cls).values() for name in step.signature.takes}
    return {
        name: step
        for name, step in steps_of(cls).items()
        if name != leave and (name != PARAMS or name in takers)
    }


def _ordered(cls: type[Workflow], steps: dict[str, Step[Any, Any, Any]]) -> list[str]:
    order: list[str] = []
    done: set[str] = set()
    for start in steps:
        stack: list[tuple[str, bool]] = [(start, False)]
        path: set[str] = set()
        while stack:
            name, ready = stack.pop()
            if ready:
                path.discard(name)
                if name not in done:
                    done.add(name)
                    order.append(name)
                continue
            if name in done:
                continue
            if name in path:
                raise DefinitionError(
                    f"the steps of {cls.__name__} wait for each other: {' and '.join(sorted(path))}",
                    where=steps[name].loc,
                    hint="an argument named after a step takes its result; rename one of the arguments",
                )
            path.add(name)
            stack.append((name, True))
            stack.extend(
                (need, False) for need in reversed(list(steps[name].signature.takes)) if need in steps
            )
    return order
