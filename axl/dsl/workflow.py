"""The base class of every workflow."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn, TypeVar

from axl.dsl.builder import ACTIVE, id_from
from axl.dsl.infer import inferred_signature, run_inferred
from axl.dsl.location import caller, line_of, shown
from axl.dsl.options import CLASS_OPTIONS, Options, merge, parse_options
from axl.dsl.step import Step
from axl.errors import DefinitionError, Loc

C = TypeVar("C", bound="type[Workflow]")
_SETTINGS = ("name", "schedule", "timezone", "on_exit", "max_parallel")


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

    def graph(self, *args: Any, **kwargs: Any) -> Any:
        """Wire the steps; without an own `graph`, an argument named after a step takes its result."""
        if args:
            raise TypeError("the parameters of an inferred graph are given by name")
        return run_inferred(self, kwargs)

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__init__ is not Workflow.__init__:
            raise DefinitionError(
                f"{cls.__name__} has an __init__",
                where=caller(),
                hint="every step runs on a fresh object; use class attributes, or parameters of graph",
            )
        graph = inspect.getattr_static(cls, "graph")
        if not inspect.isfunction(graph):
            raise DefinitionError(
                f"graph of {cls.__name__} is not a method", where=caller(), hint="write `def graph(self, …):`"
            )
        if graph not in _TRACED:
            cls.graph = _traced(graph)  # type: ignore[method-assign]  # same signature, by functools.wraps

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise DefinitionError(
            f"`self.{name}` is set, but a step cannot talk through `self`",
            where=caller(),
            hint="every step runs on its own object, often on another machine; return the value instead",
        )

    @classmethod
    def steps(cls) -> dict[str, Step[Any, Any, Any]]:
        """Return every step by name, in order of definition, base classes first."""
        return dict(_steps_of(cls))

    @classmethod
    def source(cls) -> str:
        """Return `module:Class`."""
        return f"{cls.__module__}:{cls.__qualname__}"

    @classmethod
    def loc(cls) -> Loc | None:
        """Return where the class, or its first step, is written."""
        graph = inspect.unwrap(inspect.getattr_static(cls, "graph"))
        if graph is not inspect.unwrap(Workflow.graph):
            return line_of(graph.__code__)
        first = next(iter(_steps_of(cls).values()), None)
        return first.loc if first else None

    @classmethod
    def workflow_name(cls) -> str:
        """Return `name`, or the class name in kebab-case."""
        own = _setting(cls, "name")
        return own if isinstance(own, str) else _kebab(cls.__name__)

    @classmethod
    def default_options(cls) -> Options:
        """Return the class attributes that are defaults for every step, parsed."""
        return _defaults_of(cls)

    @classmethod
    def graph_signature(cls) -> inspect.Signature:
        """Return the signature of `graph` without `self`: the run's parameters."""
        graph = inspect.getattr_static(cls, "graph")
        if inspect.unwrap(graph) is inspect.unwrap(Workflow.graph):
            return inferred_signature(cls)
        whole = inspect.signature(graph)
        return whole.replace(parameters=list(whole.parameters.values())[1:])

    @classmethod
    def on_exit_step(cls) -> str:
        """Return the name of the step that always runs last, or an empty text."""
        value = _setting(cls, "on_exit")
        if isinstance(value, Step):
            return value.name
        return value if isinstance(value, str) else ""

    @classmethod
    def setting(cls, name: str) -> object:
        """Return a class attribute of the workflow's own settings, or `None`."""
        return _setting(cls, name)


def workflow(**settings: object) -> Callable[[C], C]:
    """Set class attributes by decorator: `@workflow(name="churn", image="registry/churn:1")`."""
    where = caller()

    def decorate(cls: C) -> C:
        if not (isinstance(cls, type) and issubclass(cls, Workflow)):
            raise DefinitionError(f"@workflow is for Workflow classes, not {cls!r:.80}", where=where)
        parse_options(
            {name: value for name, value in settings.items() if name not in _SETTINGS},
            where=where,
            of=f"workflow {cls.__name__}",
        )
        for name, value in settings.items():
            setattr(cls, name, value)
        _steps_of.cache_clear()
        _defaults_of.cache_clear()
        return cls

    return decorate


_TRACED: set[Callable[..., Any]] = {Workflow.graph}


def _traced(graph: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(graph)
    def call(self: Workflow, *args: Any, **kwargs: Any) -> Any:
        tracer = ACTIVE.get()
        if tracer is None or tracer.block.instance is self:
            return graph(self, *args, **kwargs)
        from axl.dsl.record import add_group  # noqa: PLC0415 (record imports this module)

        return add_group(tracer, self, graph, args, kwargs)

    _TRACED.add(call)
    return call


@functools.lru_cache(maxsize=1024)
def _steps_of(cls: type[Workflow]) -> dict[str, Step[Any, Any, Any]]:
    names: dict[str, None] = {}
    for base in reversed(cls.__mro__):
        names |= dict.fromkeys(name for name, value in vars(base).items() if _is_step(name, value))
    found = {name: inspect.getattr_static(cls, name) for name in names}
    lost = [name for name, value in found.items() if not isinstance(value, Step)]
    if lost:
        raise DefinitionError(
            f"{cls.__name__}.{lost[0]} overrides a step with something that is not one",
            where=caller(),
            hint="put @step above the new method",
        )
    for name, item in found.items():
        if item.name != name:
            raise DefinitionError(
                f"step `{item.name}` is also called `{name}`", where=item.loc, hint="define the method under one name"
            )
    return found


def _is_step(name: str, value: object) -> bool:
    return isinstance(value, Step) and (name != "on_exit" or value.name == name)


@functools.lru_cache(maxsize=1024)
def _defaults_of(cls: type[Workflow]) -> Options:
    merged = Options()
    for base in reversed(cls.__mro__):
        own = {name: vars(base)[name] for name in CLASS_OPTIONS if name in vars(base)}
        given = {name: value for name, value in own.items() if not isinstance(value, Step)}
        merged = merge(merged, parse_options(given, where=_class_line(base), of=f"workflow {base.__name__}"))
    return merged


def _setting(cls: type[Workflow], name: str) -> object:
    for base in cls.__mro__:
        if name in vars(base) and (base is not Workflow):
            value: object = vars(base)[name]
            return None if isinstance(value, Step) and name != "on_exit" else value
    return None


def _class_line(cls: type) -> Loc | None:
    for value in vars(cls).values():
        found = value.function if isinstance(value, Step) else inspect.unwrap(value) if inspect.isfunction(value) else None
        if inspect.isfunction(found):
            return Loc(shown(found.__code__.co_filename), found.__code__.co_firstlineno)
    return None


def _kebab(name: str) -> str:
    return id_from(name).replace("_", "-")


__all__ = ["Workflow", "workflow"]
