"""What a notebook calls takes a class or its name, and refuses the rest with the form that is meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from pydantic import BaseModel

import axl
from axl import AxlError, Workflow, step


class Hello(Workflow):
    @step
    def greet(self, name: str) -> str:
        return f"hello {name}"

    def graph(self, name: str = "world") -> str:
        return self.greet(name)


Anything = cast("Any", Hello)  # for calls that no type checker lets pass
NAME = f"{__name__}:Hello"

CALLS: dict[str, tuple[Callable[[], object], str]] = {
    "an object": (lambda: axl.run(Anything()), "pass the class itself: Hello"),
    "an object to trace": (lambda: axl.trace(Anything()), "pass the class itself: Hello"),
    "an object to validate": (lambda: axl.validate(Anything()), "pass the class itself: Hello"),
    "another class": (lambda: axl.run(cast("Any", int)), "write `class Churn(Workflow):`"),
    "the base": (lambda: axl.run(Workflow), "write `class Churn(Workflow):`"),
    "a name that is not there": (lambda: axl.run(f"{__name__}:Hallo"), "did you mean Hello?"),
    "a number for parameters": (lambda: axl.run(Anything, 3), 'as in axl.run(Churn, {"months": [1, 2]})'),
    "text for parameters": (lambda: axl.run(Anything, "name=x"), "the parameters are 'name=x'"),
    "a list for parameters": (lambda: axl.run(Anything, ["x"]), "the parameters are ['x']"),
}


@pytest.mark.parametrize("case", CALLS)
def test_a_wrong_argument_is_refused_with_the_right_form(case: str) -> None:
    """One message says what was given and what to write."""
    call, words = CALLS[case]

    with pytest.raises(AxlError) as caught:
        call()

    assert words in str(caught.value)


def test_a_name_does_for_the_class_everywhere() -> None:
    """`trace` and `validate` take what `run` takes."""
    assert axl.trace(Hello) == axl.trace(NAME)
    assert () == axl.validate(NAME)


@pytest.mark.parametrize("name", ["latest", "a/b", "", "-x", "ü", "a" * 201])
def test_a_run_has_a_plain_name(name: str) -> None:
    """From Python as from the command line; the empty name stands for one that axl makes."""
    if not name:
        assert axl.run(Hello, executor="inline", store="memory://names", run_id=name).id.startswith("hello-")
        return
    with pytest.raises(AxlError, match="cannot name a run"):
        axl.run(Hello, executor="inline", store="memory://names", run_id=name)


def test_a_traced_workflow_prints_as_its_equations() -> None:
    """One line an equation, in a terminal and as the last value of a notebook's cell."""
    text = 'workflow hello (name: str = "world")\n  greet = greet(name=%name)\n  return greet'

    assert (text, text) == (str(axl.trace(Hello)), repr(axl.trace(Hello)))


class Inner(BaseModel):
    width: int = 1


class Config(BaseModel):
    seed: int = 1
    inner: Inner = Inner()


class Configured(Workflow):
    @step
    def use(self, config: Config) -> int:
        return config.seed

    def graph(self, config: Config) -> int:
        return self.use(config)


def test_every_unknown_key_of_a_model_is_told() -> None:
    """A model would ignore them without a word; all of them are named, the inner ones by their path."""
    with pytest.raises(AxlError) as caught:
        axl.run(Configured, {"config": {"sede": 1, "tree": 2, "inner": {"widht": 3}}})

    assert "there is no sede and no tree and no inner.widht" in str(caught.value)
