"""Calls a workflow's `graph` once with symbols and returns what it did as IR."""

from __future__ import annotations

import inspect

from axl.dsl.active import ACTIVE
from axl.dsl.builder import BlockBuilder, Tracer
from axl.dsl.describe import (
    default_options,
    has_graph,
    loc_of,
    name_of,
    on_exit_of,
    setting_of,
    source_of,
    steps_of,
)
from axl.dsl.infer import graph_signature
from axl.dsl.location import caller
from axl.dsl.mistakes import raised_in_graph
from axl.dsl.options import to_policy
from axl.dsl.params import graph_hints, graph_params, model_hints, step_params
from axl.dsl.record import shape_of
from axl.dsl.workflow import Workflow, is_workflow
from axl.errors import AxlError, DefinitionError
from axl.ir.hints import MISSING, Hints, StepHints
from axl.ir.nodes import PARAMS, RESULT, In, IRWorkflow, Schedule, Task
from axl.ir.walk import workflows

ON_EXIT_INPUTS = ("status", "error", "run_id")


def trace(cls: type[Workflow]) -> IRWorkflow:
    """Return the IR of a workflow class; no step is run.

    Raises `DefinitionError` (with the author's line) for a class that cannot be a workflow and
    `TraceError` where a symbol is used as a value.

    >>> class Hello(Workflow):
    ...     @step
    ...     def greet(self) -> str:
    ...         return "hello"
    >>> [node.id for node in trace(Hello).body.nodes]
    ['greet']
    """
    if not is_workflow(cls) or cls is Workflow:
        raise DefinitionError(
            f"{cls!r:.120} is not a workflow class",
            where=caller(),
            hint="write `class Churn(Workflow):` and name that class",
        )
    graph = inspect.getattr_static(cls, "graph")
    instance = cls()
    tracer = Tracer()
    block = tracer.block = BlockBuilder(tracer, None, instance)
    params = graph_params(cls, graph_hints(cls))
    fields = step_params(cls)
    for item in params:
        block.inputs.append(item.name)
    if fields:
        _no_clash(cls, {item.name for item in params}, {item.name for item in fields} | {PARAMS})
        block.inputs.append(PARAMS)
    symbols = {item.name: block.symbol(In(item.name), item.name, item.loc) for item in params}
    token = ACTIVE.set(tracer)
    try:
        result = block.atom(graph(instance, **symbols))
    except AxlError:
        raise
    except Exception as error:  # the author's graph may raise whatever it likes
        raise raised_in_graph(error, cls) from error
    finally:
        ACTIVE.reset(token)
    return IRWorkflow(
        name=name_of(cls),
        source=source_of(cls),
        doc=inspect.cleandoc(cls.__doc__ or ""),
        params=(*params, *fields),
        body=block.block(result),
        on_exit=_on_exit(cls, tracer),
        schedule=_schedule(cls),
        max_parallel=_max_parallel(cls),
        defaults=to_policy(default_options(cls), ()),
        loc=loc_of(cls),
    )


def hints_of(cls: type[Workflow], program: IRWorkflow) -> Hints:
    """Return the annotations behind a traced program, those of called workflows included."""
    known = {source_of(cls): cls} | {source_of(called): called for called in _called(cls, program)}
    steps = {
        (source, name): StepHints(
            takes=step.signature.takes,
            required=step.signature.required,
            defaults=step.signature.defaults,
            gives={RESULT: step.signature.returns, **step.signature.gives},
            loc=step.loc,
        )
        for source, owner in known.items()
        for name, step in steps_of(owner).items()
    }
    groups = {}
    for source, owner in known.items():
        hints = graph_hints(owner)
        groups[source] = StepHints(
            takes={name: hint for name, hint in hints.items() if name != "return"},
            defaults=_graph_defaults(owner),
            gives={RESULT: hints.get("return", MISSING)},
            loc=loc_of(owner),
        )
    found = {source: model_hints(owner) for source, owner in known.items()}
    models = {source: fields for source, fields in found.items() if fields is not None}
    return Hints(steps=steps, params=groups[source_of(cls)].takes, groups=groups, models=models)


def _graph_defaults(cls: type[Workflow]) -> dict[str, object]:
    """Return the defaults of a written graph; those of an inferred one are its steps' own."""
    if not has_graph(cls):
        return {}
    parameters = graph_signature(cls).parameters.values()
    return {item.name: item.default for item in parameters if item.default is not item.empty}


def _called(cls: type[Workflow], program: IRWorkflow) -> list[type[Workflow]]:
    wanted = set(workflows(program)) - {source_of(cls)}
    stack: list[type[Workflow]] = [Workflow]
    found: dict[str, type[Workflow]] = {}
    while stack and len(found) < len(wanted):
        for child in stack.pop().__subclasses__():
            stack.append(child)
            if source_of(child) in wanted:
                found[source_of(child)] = child
    return list(found.values())


def _no_clash(cls: type[Workflow], arguments: set[str], fields: set[str]) -> None:
    both = sorted(arguments & fields)
    if both:
        raise DefinitionError(
            f"`{both[0]}` is an argument of graph and a name of the `params` step",
            where=loc_of(cls),
            hint="rename one of them: a run's parameters share one list of names",
        )


def _on_exit(cls: type[Workflow], tracer: Tracer) -> Task | None:
    name = on_exit_of(cls)
    if not name:
        return None
    step = steps_of(cls).get(name)
    if step is None:
        raise DefinitionError(
            f"on_exit of {cls.__name__} names `{name}`, which is not a step",
            where=loc_of(cls),
            hint="name a step of the class",
        )
    unknown = [item for item in step.signature.takes if item not in ON_EXIT_INPUTS]
    if unknown:
        raise DefinitionError(
            f"step `{name}` runs on exit and takes `{unknown[0]}`",
            where=step.loc,
            hint=f"it may take {', '.join(ON_EXIT_INPUTS)}",
        )
    outputs, policy = shape_of(cls, step)
    args = tuple((item, In(item)) for item in step.signature.takes)
    return Task(id=tracer.new_id(name), step=name, args=args, outputs=outputs, policy=policy, loc=step.loc)


def _schedule(cls: type[Workflow]) -> Schedule | None:
    cron, zone = setting_of(cls, "schedule"), setting_of(cls, "timezone")
    if cron is None:
        if zone is not None:
            raise DefinitionError(f"{cls.__name__} has a timezone but no schedule", where=loc_of(cls))
        return None
    if not isinstance(cron, str) or not isinstance(zone, str | None):
        raise DefinitionError(
            f"schedule and timezone of {cls.__name__} are text",
            where=loc_of(cls),
            hint='schedule = "0 3 * * *"',
        )
    return Schedule(cron=cron, timezone=zone or "UTC")


def _max_parallel(cls: type[Workflow]) -> int | None:
    value = setting_of(cls, "max_parallel")
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    raise DefinitionError(
        f"max_parallel of {cls.__name__} is {value!r}",
        where=loc_of(cls),
        hint="it is a whole number of one or more",
    )
