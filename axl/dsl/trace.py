"""Calls a workflow's `graph` once with symbols and returns what it did as IR."""

from __future__ import annotations

import inspect

from axl.dsl.active import ACTIVE
from axl.dsl.builder import BlockBuilder, Tracer
from axl.dsl.collect import Mistakes
from axl.dsl.definition import check_init
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
from axl.dsl.forgotten import plain_calls
from axl.dsl.infer import graph_signature
from axl.dsl.mistakes import raised_in_graph
from axl.dsl.options import to_policy
from axl.dsl.params import graph_hints, graph_params, model_hints, parameter_names, step_params
from axl.dsl.record import shape_of
from axl.dsl.workflow import Workflow, require_workflow
from axl.errors import AxlError, DefinitionError, TraceError
from axl.ir.hints import MISSING, Hints, StepHints
from axl.ir.nodes import PARAMS, RESULT, Atom, Const, In, IRWorkflow, Param, Schedule, Task
from axl.ir.policy import Policy
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
    require_workflow(cls)
    tracer = Tracer()
    program = tracer.mistakes.attempt(lambda: _program(cls, tracer), None)
    if program is None or tracer.mistakes.found:
        raise _told(cls, tracer.mistakes)
    return program


def _program(cls: type[Workflow], tracer: Tracer) -> IRWorkflow:
    """Return the IR of a class as far as it can be read; what is wrong with it is noted in the tracer."""
    check_init(cls, Workflow)
    mistakes, steps = tracer.mistakes, steps_of(cls).values()
    for step in steps:
        mistakes.attempt(lambda step=step: step.signature, None)  # type: ignore[misc]  # mypy infers no lambda here
    defaults = mistakes.attempt(lambda: to_policy(default_options(cls), ()), Policy())
    nothing: tuple[Param, ...] = ()
    block = tracer.block = BlockBuilder(tracer, None, cls())
    params = mistakes.attempt(lambda: graph_params(cls, graph_hints(cls)), nothing)
    fields = mistakes.attempt(lambda: step_params(cls), nothing)
    names = parameter_names(cls)
    block.inputs.extend(names)
    if fields:
        mistakes.attempt(lambda: _no_clash(cls, set(names), {item.name for item in fields} | {PARAMS}), None)
        block.inputs.append(PARAMS)
    result = _traced(cls, tracer, names)
    return IRWorkflow(
        name=name_of(cls),
        source=source_of(cls),
        doc=inspect.cleandoc(cls.__doc__ or ""),
        params=(*params, *fields),
        body=block.block(result),
        on_exit=mistakes.attempt(lambda: _on_exit(cls, tracer), None),
        schedule=mistakes.attempt(lambda: _schedule(cls), None),
        max_parallel=mistakes.attempt(lambda: _max_parallel(cls), None),
        defaults=defaults,
        loc=loc_of(cls),
    )


def _traced(cls: type[Workflow], tracer: Tracer, names: list[str]) -> Atom:
    """Call the graph with symbols and return its result; a mistake that ends it is noted."""
    block, graph = tracer.block, inspect.getattr_static(cls, "graph")
    symbols = {name: block.symbol(In(name), name, loc_of(cls)) for name in names}
    token = ACTIVE.set(tracer)
    try:
        return block.atom(graph(block.instance, **symbols))
    except DefinitionError as error:
        tracer.mistakes.note(error)
    except AxlError:
        raise
    except Exception as error:  # noqa: BLE001 (the author's graph may raise whatever it likes)
        wrong = raised_in_graph(error, cls)
        wrong.__cause__ = error
        tracer.mistakes.note(wrong)
    finally:
        ACTIVE.reset(token)
    return Const("null")


def _told(cls: type[Workflow], mistakes: Mistakes) -> DefinitionError:
    """Return the error that tells all mistakes, each with a line."""
    where = mistakes.attempt(lambda: loc_of(cls), None)
    plain = "".join(
        f"; `{name}` is a plain method ({loc}), which runs while graph is traced: put @step above it"
        for name, loc in (mistakes.attempt(lambda: plain_calls(cls), None) or {}).items()
    )
    for error in mistakes.found:
        error.where = error.where or where
        if isinstance(error, TraceError):
            error.hint = f"{error.hint}{plain}".removeprefix("; ")
    return mistakes.as_one()


def hints_of(cls: type[Workflow], program: IRWorkflow) -> Hints:
    """Return the annotations behind a traced program, those of called workflows included."""
    known = {source_of(cls): cls} | {source_of(called): called for called in called_by(cls, program)}
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


def called_by(cls: type[Workflow], program: IRWorkflow) -> list[type[Workflow]]:
    """Return the other classes behind a traced program: workflows that it calls, at any depth."""
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
    both = " and ".join(f"`{name}`" for name in sorted(arguments & fields))
    if both:
        raise DefinitionError(
            f"{both}: an argument of graph, and a name of the `params` step",
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
    unknown = [f"`{item}`" for item in step.signature.takes if item not in ON_EXIT_INPUTS]
    if unknown:
        raise DefinitionError(
            f"step `{name}` runs on exit and takes {' and '.join(unknown)}",
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
