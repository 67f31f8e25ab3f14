"""What stands where a plain method is meant is refused by its name, class and line, with the right form."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import axl
from axl import AxlError, Workflow, step, when
from axl.errors import MistakesError

HERE = Path(__file__)


def kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate as one should."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return call


def lost(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate without functools.wraps."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return call


def under(*decorators: Any) -> Callable[[], object]:
    """Return what defines a class whose step `a` stands under these decorators, the topmost first."""

    def make() -> object:
        class Wrong(Workflow):
            def a(self) -> int:
                return 1

            for each in reversed(decorators):
                a = each(a)

            def graph(self) -> Any:
                return self.a()

        return axl.trace(Wrong)

    return make


def make_async() -> object:
    class Async(Workflow):
        @step
        async def a(self) -> int:
            return 1

    return Async


def make_twice() -> object:
    class Wrong(Workflow):
        @step
        def a(self) -> int:
            return 1

        @step
        def a(self) -> int:  # type: ignore[no-redef]  # noqa: F811 (the mistake)
            return 2

    return Wrong


def make_selfless() -> object:
    class Wrong(Workflow):
        @step
        def a(n: int) -> int:  # type: ignore[misc]  # noqa: N805 (the mistake)
            return n

    return axl.trace(Wrong)


def make_dataclass() -> object:
    @dataclass
    class Wrong(Workflow):
        k: int = 3

        @step
        def a(self) -> int:
            return self.k

    return axl.trace(Wrong)


def make_class_option() -> object:
    class Wrong(Workflow):
        on_failure = "continue"

        @step
        def a(self) -> int:
            return 1

    return axl.trace(Wrong)


def make_async_graph() -> object:
    class Wrong(Workflow):
        async def graph(self) -> int:  # type: ignore[override]  # the mistake
            return 1

    return Wrong


def make_step_graph() -> object:
    class Wrong(Workflow):
        @step
        def graph(self) -> int:  # type: ignore[override]  # the mistake
            return 1

    return Wrong


CLASSES: dict[str, tuple[Callable[[], object], str, str]] = {
    "async": (make_async, "step `Async.a` is async", "asyncio.run"),
    "static method": (under(step, staticmethod), "step `Wrong.a` is a static method", "drop @staticmethod"),
    "static above": (under(staticmethod, step), "step `Wrong.a` is a static method", "drop @staticmethod"),
    "class method": (under(step, classmethod), "step `Wrong.a` is a class method", "drop @classmethod"),
    "class above": (under(classmethod, step), "step `Wrong.a` is a class method", "drop @classmethod"),
    "property": (under(step, property), "step `Wrong.a` is a property", "self.a()"),
    "property above": (under(property, step), "step `Wrong.a` is a property", "self.a()"),
    "cached property": (under(step, functools.cached_property), "is a cached property", "self.a()"),
    "lru_cache": (under(step, functools.lru_cache), "wrapped by functools.lru_cache", "@step(cache=…)"),
    "step twice": (under(step, step), "step `Wrong.a` has @step twice", "keep one @step"),
    "decorator above": (under(kept, step), "under another decorator", "put @step on top"),
    "decorator above that keeps nothing": (under(lost, step), "under another decorator", "put @step on top"),
    "decorator that keeps nothing": (under(step, lost), "made of a function named `call`", "functools.wraps"),
    "two of one name": (make_twice, "step `Wrong.a` is defined twice", "another name"),
    "no self": (make_selfless, "step `Wrong.a` has no `self`", "write `self, n`"),
    "dataclass": (make_dataclass, "Wrong has an __init__", "class attributes"),
    "option of steps": (make_class_option, "on_failure of workflow Wrong", "@step(on_failure=…)"),
    "async graph": (make_async_graph, "graph of Wrong is async", "drop `async`"),
    "step graph": (make_step_graph, "graph of Wrong is not a method but a step", "take @step off"),
    "options without names": (lambda: step("parquet"), "not for 'parquet'", '@step(io_handler="parquet")'),  # type: ignore[call-overload]
}


@pytest.mark.parametrize("case", CLASSES)
def test_what_is_no_plain_method_is_refused(case: str) -> None:
    """The message names the class and the method, its line, and what to write."""
    make, what, hint = CLASSES[case]

    with pytest.raises(AxlError) as caught:
        make()

    assert what in str(caught.value)
    assert hint in caught.value.hint
    assert caught.value.where is not None
    assert HERE.name == Path(caught.value.where.file).name


def test_a_decorator_that_keeps_the_method_may_stand_under_step() -> None:
    """`functools.wraps` keeps name and arguments, and the step takes them."""
    under(step, kept)()


def test_all_steps_of_a_class_tell_their_mistakes_at_once() -> None:
    """A class is defined with all of them, or refused with all of them."""
    with pytest.raises(MistakesError) as caught:

        class Wrong(Workflow):
            @step(retries="many", timeot=3)
            async def a(self) -> int:
                return 1

            @step
            @staticmethod
            def b() -> int:
                return 1

            def graph() -> int:  # type: ignore[misc, override]
                return 1

    assert [
        "step `Wrong.a` is async",
        "retries of step `Wrong.a` is 'many'",
        "step `Wrong.a` has no option 'timeot'",
        "step `Wrong.b` is a static method",
        "graph of Wrong has no `self`",
    ] == [problem.what for problem in caught.value.problems]


def test_steps_of_a_plain_class_are_looked_at_where_they_are_inherited() -> None:
    """A mixin is no workflow; the one that inherits from it tells its mistakes."""

    class Mixin:
        @step
        async def a(self) -> int:
            return 1

    with pytest.raises(AxlError, match=r"step `Mixin\.a` is async"):
        type("Wrong", (Mixin, Workflow), {})


class Plain(Workflow):
    """Forgets a @step."""

    def load(self, n: int) -> int:
        return n + 1

    def frame(self) -> object:
        return {1}

    def chosen(self) -> list[int]:
        return [1, 2]

    @step
    def one(self) -> int:
        return 1

    @step
    def use(self, x: object) -> int:
        return 1


CALLS: dict[str, tuple[Callable[[Any], object], str]] = {
    "plain method with a symbol": (lambda s: s.use(s.load(s.one())), "`load` is a plain method"),
    "plain method with a value": (lambda s: s.use(s.frame()), "`frame` is a plain method"),
    "map of a plain method": (lambda s: s.load.map([1]), "`load` is a plain method: put @step above it"),
    "a step without self": (lambda s: one(), "write self.one(…)"),  # type: ignore[name-defined]  # noqa: F821
    "a step by its class": (lambda s: Plain.use(1), "write self.use(…)"),  # type: ignore[arg-type, call-arg]
    "a step that is not called": (lambda s: s.use(s.one), "call the step: self.one(…)"),
    "a step as test": (lambda s: when(s.one, lambda: 1, lambda: 2), "call it: when(self.one(…), …)"),
    "a symbol as body": (lambda s: axl.map(s.one(), [1]), "axl.map(lambda item: self.step(item), items)"),
    "a body without argument": (
        lambda s: axl.map(lambda: s.one(), [1]),
        "takes (), but is called with 1 item",
    ),
    "a map by keyword": (lambda s: s.use.map(x=[1]), "map takes its items by position"),
    "a graph by its class": (lambda s: Plain.graph(1), "write Other().graph(…)"),  # type: ignore[arg-type]
    "its own graph": (lambda s: s.graph(), "calls itself without end"),
    "an object of its own": (lambda s: type(s)().one(), "write self.one(…)"),
    "a generator": (lambda s: s.use(n for n in [1]), "as in list(…)"),
    "a range": (lambda s: s.use(range(3)), "as in list(…)"),
    "a path": (lambda s: s.use(HERE), "pass str(…)"),
}


@pytest.mark.parametrize("case", CALLS)
def test_a_wrong_call_in_graph_is_told_with_the_right_form(case: str) -> None:
    """Whatever stands in the place of a call of a step, the hint says how to write it."""
    graph, words = CALLS[case]

    with pytest.raises(AxlError) as caught:
        axl.trace(type("Wrong", (Plain,), {"graph": graph, "__module__": __name__}))

    assert words in str(caught.value)
    assert caught.value.where is not None
    assert HERE.name == Path(caught.value.where.file).name


class Doubled(Workflow):
    """Has no graph of its own."""

    @step
    def first(self, n: int) -> int:
        return n + 1

    @step
    def second(self, first: int) -> int:
        return 2 * first


def test_a_workflow_whose_graph_is_inferred_can_be_called() -> None:
    """Like any other it becomes a group, and gives what plain Python gives."""

    class Outer(Workflow):
        def graph(self, n: int = 3) -> int:
            return Doubled().graph(n=n)  # type: ignore[no-any-return]  # an inferred graph returns anything

    nodes = axl.trace(Outer).body.nodes

    assert ["doubled"] == [node.id for node in nodes]
    assert 8 == Outer().graph()
