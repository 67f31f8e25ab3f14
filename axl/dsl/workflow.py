"""The base class of every workflow."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn, TypeVar

from axl.dsl.active import ACTIVE
from axl.dsl.definition import check_definition
from axl.dsl.literals import in_short
from axl.dsl.location import caller
from axl.dsl.options import SETTINGS, parse_options
from axl.dsl.step import GIVEN, Step, recorder
from axl.errors import DefinitionError, TraceError

C = TypeVar("C", bound="type[Workflow]")


class Workflow:
    """A workflow: methods marked with `@step`, wired in `graph`.

    Class attributes are defaults for every step (`image`, `io_handler`, `resources`, `retries`,
    `timeout`, `env`, `secrets`, `packages`, `cache`, `platform`) or say something of the whole:
    `name`, `schedule` and `timezone`, `on_exit` (a step that always runs last), `max_parallel`.

    >>> class Hello(Workflow):
    ...     @step
    ...     def greet(self, name: str) -> str:
    ...         return f"hello {name}"
    ...     def graph(self, name: str = "world") -> str:
    ...         return self.greet(name)
    >>> Hello().graph()
    'hello world'
    """

    name: ClassVar[str]
    schedule: ClassVar[str]
    timezone: ClassVar[str]
    on_exit: ClassVar[str | Step[Any, ..., Any]]
    max_parallel: ClassVar[int]

    def __init__(self, *, params: object = None) -> None:
        """Make a workflow to be called as plain Python, or inside another graph.

        Args:
            params: stands for what the step `params` returns, and is of the class that it returns:
                `Train(params=TrainParams(trees=200)).graph()`.
        """
        if params is not None:
            from axl.dsl.params import given_model  # noqa: PLC0415 (only where it is used)

            vars(self)[GIVEN] = given_model(type(self), params)

    def graph(self, *args: Any, **kwargs: Any) -> Any:
        """Wire the steps; without an own `graph`, an argument named after a step takes its result."""
        tracer = ACTIVE.get()
        if tracer is not None and tracer.block.instance is not self:
            _require_object(self, Workflow.graph)
            return recorder().add_group(tracer, self, Workflow.graph, args, kwargs)
        if args:
            raise TypeError("the parameters of an inferred graph are given by name")
        from axl.dsl.infer import run_inferred  # noqa: PLC0415 (only for classes without a graph)

        return run_inferred(self, kwargs)

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        check_definition(cls, Workflow)
        graph = inspect.getattr_static(cls, "graph")
        if not is_traced(graph):
            cls.graph = traced_graph(graph)  # type: ignore[method-assign]  # same signature, by functools.wraps

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise DefinitionError(
            f"`self.{name}` is set, but a step cannot talk through `self`",
            where=caller(),
            hint="every step runs on its own object, often on another machine; return the value instead, "
            "and in graph keep it in a local variable",
        )


def workflow(**settings: object) -> Callable[[C], C]:
    """Set class attributes by decorator: `@workflow(name="churn", image="registry/churn:1")`."""
    where = caller()

    def decorate(cls: C) -> C:
        if not is_workflow(cls):
            raise DefinitionError(f"@workflow is for Workflow classes, not {cls!r:.80}", where=where)
        parse_options(
            {name: value for name, value in settings.items() if name not in SETTINGS},
            where=where,
            of=f"workflow {cls.__name__}",
        )
        for name, value in settings.items():
            setattr(cls, name, value)
        from axl.dsl.describe import forget  # noqa: PLC0415 (not needed to define a workflow)

        forget()
        return cls

    return decorate


_TRACED: set[Callable[..., Any]] = {Workflow.graph}


def traced_graph(graph: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `graph` that becomes a group when another workflow's graph calls it."""

    @functools.wraps(graph)
    def call(self: Workflow, *args: Any, **kwargs: Any) -> Any:
        tracer = ACTIVE.get()
        if tracer is None or tracer.block.instance is self:
            return graph(self, *args, **kwargs)
        _require_object(self, graph)
        return recorder().add_group(tracer, self, graph, args, kwargs)

    _TRACED.add(call)
    return call


def _require_object(value: object, graph: Callable[..., Any]) -> None:
    """Raise `TraceError` where a graph is called by its class, which binds its first argument to `self`."""
    if isinstance(value, Workflow):
        return
    owner = graph.__qualname__.rpartition(".")[0].rpartition(".")[2]
    name = "Other" if owner == Workflow.__name__ else owner
    raise TraceError(
        "a graph is called by its class, without an object",
        where=caller(),
        hint=f"write {name}().graph(…)",
    )


def is_workflow(value: object) -> bool:
    """Say whether a value is a workflow class."""
    return isinstance(value, type) and issubclass(value, Workflow)


def require_workflow(value: object) -> None:
    """Raise `DefinitionError` for what is not a workflow class, with the form that is."""
    if is_workflow(value) and value is not Workflow:
        return
    what, hint = in_short(value), "write `class Churn(Workflow):` and name that class"
    if isinstance(value, Workflow):
        name = type(value).__name__
        what, hint = f"{name}(), an object of the class,", f"pass the class itself: {name}"
    elif isinstance(value, str):
        hint = "name it as module:Class or path/to/file.py:Class"
    raise DefinitionError(f"{what} is not a workflow class", where=caller(), hint=hint)


def is_traced(function: object) -> bool:
    """Say whether a function came from `traced_graph`."""
    return function in _TRACED
