"""The step: a method that can be called, mapped and traced, with its own type kept."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, cast, overload

from axl.dsl.active import ACTIVE
from axl.dsl.collect import Mistakes
from axl.dsl.location import caller, class_body, line_of
from axl.dsl.methods import function_of, is_in_class, label_of, wrong_with
from axl.dsl.options import Options, parse_options
from axl.errors import DefinitionError, Loc

if TYPE_CHECKING:
    from axl.dsl.signature import StepSignature

W = TypeVar("W")
P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
A1 = TypeVar("A1")
A2 = TypeVar("A2")
A3 = TypeVar("A3")
A4 = TypeVar("A4")
A1_contra = TypeVar("A1_contra", contravariant=True)
A2_contra = TypeVar("A2_contra", contravariant=True)
A3_contra = TypeVar("A3_contra", contravariant=True)
A4_contra = TypeVar("A4_contra", contravariant=True)


GIVEN = "_axl_params"
"""Where a workflow object keeps what it was given in place of the result of its step `params`."""


_PARAMS = "params"  # what the IR calls it, which defining a step does not load


class Takes1(Protocol[A1_contra, R_co]):
    """A step that can be called with one argument."""

    def __call__(self, a: A1_contra, /) -> R_co: ...


class Takes2(Protocol[A1_contra, A2_contra, R_co]):
    """A step that can be called with two arguments."""

    def __call__(self, a: A1_contra, b: A2_contra, /) -> R_co: ...


class Takes3(Protocol[A1_contra, A2_contra, A3_contra, R_co]):
    """A step that can be called with three arguments."""

    def __call__(self, a: A1_contra, b: A2_contra, c: A3_contra, /) -> R_co: ...


class Takes4(Protocol[A1_contra, A2_contra, A3_contra, A4_contra, R_co]):
    """A step that can be called with four arguments."""

    def __call__(self, a: A1_contra, b: A2_contra, c: A3_contra, d: A4_contra, /) -> R_co: ...


class Step(Generic[W, P, R]):
    """A method marked with `@step`; on an instance it becomes a `BoundStep`."""

    def __init__(
        self,
        function: Callable[Concatenate[W, P], R],
        options: Options,
        mistakes: tuple[DefinitionError, ...] = (),
    ) -> None:
        assert isinstance(function, types.FunctionType)
        self.function: Callable[Concatenate[W, P], R] = function
        self.options = options
        self.mistakes = mistakes  # the class that it is written in tells them, together with its others
        self.name: str = function.__name__
        functools.update_wrapper(cast("Callable[..., object]", self), function)

    @functools.cached_property
    def signature(self) -> StepSignature:
        """The step's arguments and outputs."""
        from axl.dsl.signature import signature_of  # noqa: PLC0415 (not needed to define a step)

        return signature_of(self.function, f"step `{self.label}`")

    @property
    def label(self) -> str:
        """How people name it: with its class, where it was written in one."""
        return label_of(cast("types.FunctionType", self.function))

    @property
    def loc(self) -> Loc:
        """Where the method begins."""
        return line_of(inspect.unwrap(self.function).__code__)

    def __set_name__(self, owner: type[object], name: str) -> None:
        if name == self.function.__name__:
            self.name = name

    @overload
    def __get__(self, instance: None, owner: type[object]) -> Step[W, P, R]: ...
    @overload
    def __get__(self, instance: object, owner: type[object]) -> BoundStep[P, R]: ...
    def __get__(self, instance: object | None, owner: type[object]) -> Step[W, P, R] | BoundStep[P, R]:
        if instance is None:
            return self
        return BoundStep(self, instance)

    def __call__(self, instance: W, /, *args: P.args, **kwargs: P.kwargs) -> R:
        tracer = ACTIVE.get()
        if tracer is not None:
            return cast("R", recorder().record_unbound(tracer, self, instance, args, kwargs))
        return self.function(instance, *args, **kwargs)

    def __repr__(self) -> str:
        return f"<step {self.function.__qualname__}>"


class BoundStep(Generic[P, R]):
    """A step of one workflow object: call it, or map it over items."""

    __slots__ = ("instance", "step")

    def __init__(self, step: Step[Any, P, R], instance: object) -> None:
        self.step = step
        self.instance = instance

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        tracer = ACTIVE.get()
        if tracer is None:
            if self.step.name == _PARAMS and GIVEN in vars(self.instance):
                return cast("R", vars(self.instance)[GIVEN])
            return self.step.function(self.instance, *args, **kwargs)
        return cast("R", recorder().record_call(tracer, self, args, kwargs))

    @overload
    def map(
        self: Takes1[A1, R_co],
        a: Iterable[A1],
        /,
        *,
        concurrency: int | None = None,
        batch: int | None = None,
        max_items: int | None = None,
    ) -> list[R_co]: ...
    @overload
    def map(
        self: Takes2[A1, A2, R_co],
        a: Iterable[A1],
        b: Iterable[A2],
        /,
        *,
        concurrency: int | None = None,
        batch: int | None = None,
        max_items: int | None = None,
    ) -> list[R_co]: ...
    @overload
    def map(
        self: Takes3[A1, A2, A3, R_co],
        a: Iterable[A1],
        b: Iterable[A2],
        c: Iterable[A3],
        /,
        *,
        concurrency: int | None = None,
        batch: int | None = None,
        max_items: int | None = None,
    ) -> list[R_co]: ...
    @overload
    def map(
        self: Takes4[A1, A2, A3, A4, R_co],
        a: Iterable[A1],
        b: Iterable[A2],
        c: Iterable[A3],
        d: Iterable[A4],
        /,
        *,
        concurrency: int | None = None,
        batch: int | None = None,
        max_items: int | None = None,
    ) -> list[R_co]: ...
    def map(self, *iterables: Any, concurrency: Any = None, batch: Any = None, max_items: Any = None) -> Any:
        """Run the step once per item; several iterables are zipped and must have one length.

        Args:
            iterables: one per positional argument of the step.
            concurrency: how many items run at once at most.
            batch: how many consecutive items one task takes.
            max_items: a promise about the number of items, which targets may rely on.

        Returns the results in the order of the items.
        """
        return map_call(self, (), {}, iterables, (concurrency, batch, max_items))

    def partial(self, *args: object, **kwargs: object) -> PartialStep[R]:
        """Fix some arguments, like `functools.partial`, and map over the others."""
        return PartialStep(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<step {self.step.function.__qualname__} of {type(self.instance).__name__}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoundStep) and (self.step, self.instance) == (other.step, other.instance)

    def __hash__(self) -> int:
        return hash((id(self.step), id(self.instance)))


class PartialStep(Generic[R]):
    """A step with some arguments fixed."""

    __slots__ = ("args", "bound", "kwargs")

    def __init__(self, bound: BoundStep[Any, R], args: tuple[object, ...], kwargs: dict[str, object]) -> None:
        self.bound = bound
        self.args = args
        self.kwargs = kwargs

    def __call__(self, *args: Any, **kwargs: Any) -> R:
        return self.bound(*self.args, *args, **(self.kwargs | kwargs))

    def map(
        self,
        *iterables: Iterable[Any],
        concurrency: int | None = None,
        batch: int | None = None,
        max_items: int | None = None,
    ) -> list[R]:
        """Run the step once per item, the fixed arguments the same for all; see `BoundStep.map`."""
        return cast(
            "list[R]",
            map_call(self.bound, self.args, self.kwargs, iterables, (concurrency, batch, max_items)),
        )


@overload
def step(function: Callable[Concatenate[W, P], R], /) -> Step[W, P, R]: ...
@overload
def step(**options: Any) -> Callable[[Callable[Concatenate[W, P], R]], Step[W, P, R]]: ...
def step(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make a method a step of its workflow.

    Options: `io_handler`, `input_mode`, `resources`, `retries`, `timeout`, `env`, `secrets`,
    `image`, `packages`, `cache`, `on_failure`, `platform`. Sizes and durations may be text. An
    argument with `input_mode="path"` is annotated `T | Path`, since plain Python hands it the value.

    Raises `DefinitionError` for an unknown option or a value out of form.

    >>> class Double(Workflow):
    ...     @step(retries=2, timeout="10s")
    ...     def double(self, n: int) -> int:
    ...         return 2 * n
    >>> Double().double(21)
    42
    """
    where = caller()
    if function is not None:
        return _made(function, {}, where)
    return lambda method: _made(method, options, where)


def _made(given: object, options: dict[str, Any], where: Loc | None) -> Step[Any, ..., Any]:
    """Return the step; the mistakes of one that stands in a class are left for that to tell."""
    function, mistakes = function_of(given, where), Mistakes()
    for wrong in wrong_with(given, function):
        mistakes.note(wrong)
    earlier = class_body().get(function.__name__)
    if isinstance(earlier, Step) and earlier.function is not function:
        mistakes.note(_second(function, earlier))
    of = f"step `{label_of(function)}`"
    parsed = mistakes.attempt(lambda: parse_options(options, where=where, of=of), Options())
    if not is_in_class(function):
        mistakes.settle()
    return Step(function, parsed, tuple(mistakes.found))


def _second(function: types.FunctionType, earlier: Step[Any, Any, Any]) -> DefinitionError:
    return DefinitionError(
        f"step `{label_of(function)}` is defined twice",
        where=line_of(function.__code__),
        hint=f"the first one, at {earlier.loc}, would be lost: give one of them another name",
    )


def map_call(
    bound: BoundStep[Any, Any],
    args: tuple[object, ...],
    kwargs: dict[str, object],
    iterables: tuple[Any, ...],
    options: tuple[int | None, int | None, int | None],
) -> object:
    """Map a step: record it in a trace, else call it item by item."""
    tracer = ACTIVE.get()
    if tracer is not None:
        return recorder().record_map(tracer, bound, args, kwargs, iterables, options)
    if not iterables:
        raise TypeError(f"{bound.step.name}.map() takes at least one iterable")
    names = free_names(bound.step, args, kwargs)
    if len(iterables) > len(names):
        return [bound(*args, *item, **kwargs) for item in zip(*iterables, strict=True)]
    return [
        bound(*args, **kwargs, **dict(zip(names, item, strict=False)))
        for item in zip(*iterables, strict=True)
    ]


def free_names(step: Step[Any, Any, Any], args: tuple[object, ...], kwargs: dict[str, object]) -> list[str]:
    """Return the arguments that are not fixed, in order: what a map's items fill."""
    return [name for name in list(step.signature.takes)[len(args) :] if name not in kwargs]


def recorder() -> types.ModuleType:
    """Return the module that records calls, loaded on the first trace: defining workflows stays light."""
    from axl.dsl import record  # noqa: PLC0415 (record imports this module)

    return record
