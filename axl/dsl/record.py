"""Turns calls made in a trace into nodes: tasks, maps, branches and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from axl.dsl.builder import BlockBuilder, Tracer, id_from
from axl.dsl.describe import default_options, loc_of, name_of, source_of, steps_of
from axl.dsl.infer import graph_signature
from axl.dsl.location import caller
from axl.dsl.mistakes import misfit
from axl.dsl.options import merge, to_policy
from axl.dsl.params import json_of
from axl.dsl.schema import type_text
from axl.dsl.step import GIVEN, BoundStep, Step, free_names
from axl.dsl.symbol import Origin, OutputRef
from axl.dsl.workflow import Workflow
from axl.errors import AxlError, TraceError
from axl.io.handlers import ext_of, handler_for
from axl.ir.hints import MISSING, Hint
from axl.ir.nodes import PARAMS, Branch, Group, In, Map, Out, Output, Task
from axl.ir.policy import Policy

DEFAULT_HANDLER = "pickle"
_StepKey = tuple[type, str]
_SHAPES: dict[_StepKey, tuple[tuple[Output, ...], Policy]] = {}


def record_call(
    tracer: Tracer, bound: BoundStep[Any, Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> OutputRef:
    """Append a task that calls a step, and return the symbol of its result."""
    step, block = bound.step, tracer.block
    cls = _same_workflow(bound, tracer)
    nothing: list[tuple[str, Any]] = []
    pairs = tracer.mistakes.attempt(lambda: _bind(step, args, kwargs), nothing)
    outputs, policy = shape_of(cls, step)
    node = tracer.new_id(step.name)
    loc = caller() or step.loc  # a graph that is inferred has no line for it
    atoms = tuple([(name, block.atom(value)) for name, value in pairs])
    if step.name == PARAMS and PARAMS in block.inputs and block.parent is None:
        atoms = (("overrides", In(PARAMS)),)  # the model's fields that the run was given
    elif step.name == PARAMS and GIVEN in vars(bound.instance):
        atoms = (("overrides", block.atom(json_of(vars(bound.instance)[GIVEN]))),)
    tracer.add(Task(id=node, step=step.name, args=atoms, outputs=outputs, policy=policy, loc=loc))
    fields = tuple(out.name for out in outputs) if len(outputs) > 1 else ()
    return OutputRef(Origin(block, Out(node), node, loc, fields, step.signature.as_tuple))


def record_unbound(
    tracer: Tracer, step: Step[Any, Any, Any], instance: object, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> OutputRef:
    """Append a task that calls a step by its class, as in `Base.load(self, 1)`; it takes an object first."""
    if isinstance(instance, Workflow):
        return record_call(tracer, BoundStep(step, instance), args, kwargs)
    raise TraceError(
        f"step `{step.label}` is called without an object",
        where=caller(),
        hint=f"make it a method of a Workflow class, and write self.{step.name}(…)",
    )


def record_map(
    tracer: Tracer,
    bound: BoundStep[Any, Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    iterables: tuple[Any, ...],
    options: tuple[int | None, int | None, int | None],
) -> OutputRef:
    """Append a map whose body calls one step."""
    free = free_names(bound.step, args, kwargs)
    names = (free + ["item"] * len(iterables))[: len(iterables)]

    def body(*items: OutputRef) -> object:
        if len(items) > len(free):
            return bound(*args, *items, **kwargs)
        return bound(*args, **kwargs, **dict(zip(free, items, strict=False)))

    return add_map(tracer, body, iterables, names, f"{bound.step.name}_map", bound.instance, options)


def add_map(
    tracer: Tracer,
    body: Callable[..., object],
    iterables: tuple[Any, ...],
    names: list[str],
    wanted_id: str,
    instance: object,
    options: tuple[int | None, int | None, int | None],
) -> OutputRef:
    """Append a map over zipped iterables, its body traced once."""
    loc, block = caller(), tracer.block
    if not iterables:
        raise TraceError("map takes at least one iterable", where=loc, hint="write step.map(items)")
    for option, value in zip(("concurrency", "batch", "max_items"), options, strict=True):
        if value is not None and (type(value) is not int or value < 1):
            wrong = TraceError(
                f"{option} is {value!r}", where=loc, hint="it is a whole number of one or more"
            )
            tracer.mistakes.note(wrong)
    over = tuple(block.atom(tracer.mistakes.attempt(partial(_frozen, items), ())) for items in iterables)
    node = tracer.new_id(wanted_id)
    child = BlockBuilder(tracer, block, instance)
    items = tuple(child.add_input(id_from(name)) for name in names)
    symbols = [child.symbol(In(item), item, loc) for item in items]
    builder, result = tracer.inner(instance, lambda _: body(*symbols), child)
    concurrency, batch, max_items = options
    tracer.add(
        Map(
            id=node,
            over=over,
            items=items,
            captures=builder.capture_pairs(),
            body=builder.block(result),
            concurrency=concurrency,
            batch=batch,
            max_items=max_items,
            loc=loc,
        ),
        (builder,),
    )
    return block.symbol(Out(node), node, loc)


def record_when(
    tracer: Tracer, test: object, then: Callable[[], object], otherwise: Callable[[], object]
) -> object:
    """Append a branch on a symbol; a plain bool takes its branch at once."""
    if isinstance(test, OutputRef):
        return add_branch(tracer, test, then, otherwise)
    if isinstance(test, BoundStep):
        hint = f"call it: when(self.{test.step.name}(…), …)"
        tracer.mistakes.note(TraceError(f"when() tests {test!r} itself", where=caller(), hint=hint))
    return then() if test else otherwise()


def add_branch(
    tracer: Tracer, test: OutputRef, then: Callable[[], object], otherwise: Callable[[], object]
) -> OutputRef:
    """Append a branch; both arms see the same captures."""
    loc, block = caller(), tracer.block
    atom = block.atom(test)
    node = tracer.new_id("when")
    first = BlockBuilder(tracer, block, block.instance)
    builder, then_result = tracer.inner(block.instance, lambda _: then(), first)
    second = BlockBuilder(tracer, block, block.instance, inputs=builder.inputs, captures=builder.captures)
    other, other_result = tracer.inner(block.instance, lambda _: otherwise(), second)
    tracer.add(
        Branch(
            id=node,
            test=atom,
            captures=other.capture_pairs(),
            then=builder.block(then_result),
            otherwise=other.block(other_result),
            loc=loc,
        ),
        (builder, other),
    )
    return block.symbol(Out(node), node, loc)


def add_group(
    tracer: Tracer,
    instance: Workflow,
    graph: Callable[..., object],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> OutputRef:
    """Append another workflow's graph; its literal arguments stay literal, as in a plain call."""
    loc, block = caller(), tracer.block
    cls = type(instance)
    signature = graph_signature(cls)
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        tracer.mistakes.note(misfit(f"{cls.__name__}().graph", signature, args, kwargs, error, loc_of(cls)))
        return block.symbol(Out(tracer.new_id(name_of(cls))), name_of(cls), loc)
    bound.apply_defaults()
    child = BlockBuilder(tracer, block, instance)
    given: dict[str, object] = {}
    for name, value in bound.arguments.items():
        given[name] = value
        if isinstance(value, OutputRef) or _has_symbol(value):
            outer = block.atom(value)
            child.captures[outer] = inner = child.add_input(id_from(name))
            given[name] = child.symbol(In(inner), name, loc)
    node = tracer.new_id(name_of(cls))
    builder, result = tracer.inner(instance, lambda _: graph(instance, **given), child)
    tracer.add(
        Group(
            id=node,
            workflow=source_of(cls),
            captures=builder.capture_pairs(),
            body=builder.block(result),
            loc=loc,
        ),
        (builder,),
    )
    return block.symbol(Out(node), node, loc)


def order_after(tracer: Tracer, first: object, then: Callable[[], object]) -> object:
    """Record what `then` does, to start after the nodes that `first` comes from."""
    block, before = tracer.block, len(tracer.block.nodes)
    waits: list[str] = []
    for symbol in _symbols(first):
        _wait_for(block, symbol, waits)
    value = then()
    for place in range(before, len(block.nodes)):
        node = block.nodes[place]
        own = [name for name in dict.fromkeys((*node.after, *waits)) if name != node.id]
        object.__setattr__(node, "after", tuple(own))
    return value


def _wait_for(block: BlockBuilder, symbol: OutputRef, waits: list[str]) -> None:
    origin = symbol._axl
    if not isinstance(origin.atom, Out):
        return
    if origin.builder is block:
        waits.append(origin.atom.node)
        return
    block.use(symbol)
    inner = block
    while inner.parent is not None and inner.parent is not origin.builder:
        inner = inner.parent
    inner.pending_after[origin.atom.node] = None


def shape_of(cls: type[Workflow], step: Step[Any, Any, Any]) -> tuple[tuple[Output, ...], Policy]:
    """Return the outputs and the policy of a step as this class has it."""
    key = (cls, step.name)
    if key not in _SHAPES:
        options = merge(default_options(cls), step.options)
        policy = to_policy(options, tuple(step.signature.takes))
        gives = step.signature.gives
        outputs = tuple(
            _output(
                name, hint, _handler(name, hint, step.options.io_handler, default_options(cls).io_handler)
            )
            for name, hint in gives.items()
        )
        _SHAPES[key] = (outputs, policy)
    return _SHAPES[key]


def _output(name: str, hint: Hint, handler: str) -> Output:
    text = "" if hint is MISSING else type_text(hint)
    try:
        ext = ext_of(handler)
    except AxlError:
        ext = ""  # the check names the unknown handler, together with every other problem
    return Output(name=name, type=text, handler=handler, ext=ext)


def _handler(
    name: str, hint: Hint, own: str | dict[str, str] | None, base: str | dict[str, str] | None
) -> str:
    if isinstance(own, str):
        return own
    if own and name in own:
        return own[name]
    by_type = handler_for(hint) if hint is not MISSING else None
    if by_type:
        return by_type
    if isinstance(base, str):
        return base
    return (base or {}).get(name, DEFAULT_HANDLER)


def _bind(step: Step[Any, Any, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[str, Any]]:
    takes = step.signature.takes
    if not kwargs and len(args) == len(takes) == step.signature.places:
        return list(zip(takes, args, strict=True))
    signature = step.signature.parameters
    try:
        return list(signature.bind(*args, **kwargs).arguments.items())
    except TypeError as error:
        raise misfit(f"step `{step.name}`", signature, args, kwargs, error, step.loc) from None


def _same_workflow(bound: BoundStep[Any, Any], tracer: Tracer) -> type[Workflow]:
    """Return the class that a step is called of; it is noted when another graph is being traced."""
    step, instance = bound.step, bound.instance
    cls: type[Any] = type(instance)
    if instance is not tracer.block.instance:
        tracer.mistakes.note(_outside(step.name, cls, type(tracer.block.instance)))
    elif step.name not in steps_of(cls):
        wrong = f"step `{step.name}` is not a method of {cls.__name__}"
        hint = f"define it in the class, and call it as self.{step.name}(…)"
        tracer.mistakes.note(TraceError(wrong, where=caller(), hint=hint))
    elif steps_of(cls)[step.name] is not step:
        wrong = f"`{step.function.__qualname__}` is not what `self.{step.name}` is here"
        hint = "inside a graph call `self.…`; to use an inherited version, call super() inside the step"
        tracer.mistakes.note(TraceError(wrong, where=caller(), hint=hint))
    return cls


def _outside(name: str, cls: type, traced: type) -> TraceError:
    hint = f"call the whole workflow, {cls.__name__}().graph(…), or inherit the step"
    return TraceError(
        f"step `{name}` of {cls.__name__} is called outside its graph",
        where=caller(),
        hint=f"write self.{name}(…)" if cls is traced else hint,
    )


def _frozen(items: object) -> object:
    if isinstance(items, OutputRef | list | tuple):
        return list(items) if isinstance(items, tuple) else items
    if isinstance(items, Iterable):
        return list(items)
    raise TraceError(
        f"cannot map over {items!r:.80}", where=caller(), hint="map over a list, or over a step's result"
    )


def _symbols(value: object) -> Iterable[OutputRef]:
    if isinstance(value, OutputRef):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _symbols(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _symbols(item)


def _has_symbol(value: object) -> bool:
    return any(True for _ in _symbols(value))
