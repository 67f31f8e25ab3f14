"""A class that cannot be a workflow is refused with one message that names it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import axl
from axl import AxlError, Workflow, step, workflow


class Base(Workflow):
    """What the wrong classes inherit."""

    @step
    def one(self) -> int:
        return 1

    @step
    def inc(self, n: int) -> int:
        return n + 1


def make_async() -> object:
    @step
    async def work(self: object) -> int:
        return 1

    return work


def make_generator() -> object:
    @step
    def work(self: object):  # type: ignore[no-untyped-def]
        yield 1

    return work


def make_init() -> object:
    class Bad(Workflow):
        def __init__(self) -> None: ...

    return Bad


def make_renamed() -> object:
    class Bad(Workflow):
        @step
        def work(self) -> int:
            return 1

        again = work

        def graph(self) -> int:
            return self.work()

    return axl.trace(Bad)


def make_hidden() -> object:
    class Bad(Base):
        one = 3  # type: ignore[assignment]

        def graph(self) -> int:
            return self.inc(1)

    return axl.trace(Bad)


def make_graph_of_class() -> object:
    class Bad(Workflow):
        graph = classmethod(lambda cls: 1)  # type: ignore[assignment]

    return Bad


def traced(**attributes: object) -> Callable[[], object]:
    def make() -> object:
        return axl.trace(
            type("Bad", (Base,), {"graph": lambda self: self.one(), "__module__": __name__, **attributes})
        )

    return make


def with_graph(graph: Callable[..., object]) -> Callable[[], object]:
    return traced(graph=graph)


def cyclic() -> object:
    class Bad(Workflow):
        @step
        def a(self, b: int) -> int:
            return b

        @step
        def b(self, a: int) -> int:
            return a

    return axl.trace(Bad)


def two_types() -> object:
    class Bad(Workflow):
        @step
        def a(self, n: int) -> int:
            return n

        @step
        def b(self, n: str) -> str:
            return n

    return axl.trace(Bad)


CLASSES: dict[str, tuple[Callable[[], object], str]] = {
    "async": (make_async, "is async"),
    "generator": (make_generator, "yields"),
    "init": (make_init, "has an __init__"),
    "two names": (make_renamed, "is also called `again`"),
    "hidden step": (make_hidden, "overrides a step"),
    "graph of the class": (make_graph_of_class, "is not a method"),
    "not a class": (lambda: axl.trace(3), "is not a workflow class"),  # type: ignore[arg-type]
    "another class": (lambda: axl.trace(int), "is not a workflow class"),  # type: ignore[type-var, arg-type]
    "the base": (lambda: axl.trace(Workflow), "is not a workflow class"),
    "step of a class": (lambda: step(int), "@step is for methods"),  # type: ignore[call-overload]
    "workflow of a function": (lambda: workflow(name="x")(len), "@workflow is for"),  # type: ignore[type-var]
    "workflow option": (lambda: workflow(imag="x")(type("C", (Base,), {})), "did you mean 'image'?"),
    "class option": (traced(retries="many"), "retries of workflow"),
    "max_parallel": (traced(max_parallel=0), "max_parallel"),
    "schedule": (traced(schedule=5), "schedule and timezone"),
    "timezone alone": (traced(timezone="UTC"), "no schedule"),
    "on_exit": (traced(on_exit="nope"), "is not a step"),
    "on_exit arguments": (traced(on_exit="inc"), "runs on exit and takes `n`"),
    "star args": (with_graph(lambda self, *n: self.one()), "parameters are given by name"),
    "star kwargs": (with_graph(lambda self, **n: self.one()), "parameters are given by name"),
    "default": (with_graph(lambda self, n=object(): self.inc(n)), "JSON cannot hold"),
    "cycle": (cyclic, "wait for each other"),
    "two types of one parameter": (two_types, "in two ways"),
    "no steps": (lambda: axl.trace(type("Empty", (Workflow,), {})), "has no steps"),
}


@pytest.mark.parametrize("case", CLASSES)
def test_a_class_that_cannot_be_a_workflow_is_refused(case: str) -> None:
    """The message names the class or the step, and never ends in a traceback of axl."""
    make, words = CLASSES[case]

    with pytest.raises(AxlError) as caught:
        make()

    assert words in str(caught.value)
    assert caught.value.exit_code == 3
