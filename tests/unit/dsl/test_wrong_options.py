"""Options out of form are refused where they stand, all of one decorator at once."""

from __future__ import annotations

import math

import pytest

import axl
from axl import AxlError, Retry, Workflow, default, step
from axl.errors import MistakesError


class Base(Workflow):
    """What the wrong classes inherit."""

    @step
    def one(self) -> int:
        return 1


OPTIONS: dict[str, tuple[dict[str, object], str]] = {
    "unknown": ({"retrys": 3}, "did you mean 'retries'?"),
    "retries text": ({"retries": "3"}, "retries of step"),
    "retries negative": ({"retries": -1}, "retries of step"),
    "retries bool": ({"retries": True}, "retries of step"),
    "retry on text": ({"retries": Retry(on="ValueError")}, "on: exception classes, not 'ValueError'"),  # type: ignore[arg-type]
    "retry delay": ({"retries": Retry(delay="soon")}, "a duration is"),
    "retry attempts": ({"retries": Retry(attempts="3")}, "attempts: a whole number"),  # type: ignore[arg-type]
    "timeout zero": ({"timeout": 0}, "more than zero"),
    "timeout text": ({"timeout": "ten minutes"}, "a duration is"),
    "timeout negative": ({"timeout": -5}, "zero or more"),
    "timeout nan": ({"timeout": math.nan}, "finite"),
    "memory": ({"resources": {"memory": "2 gigs"}}, "a size is"),
    "cpu": ({"resources": {"cpu": "two"}}, "a CPU count is"),
    "gpu": ({"resources": {"gpu": 0.5}}, "gpu: a whole number"),
    "unknown resource": (
        {"resources": {"ram": 1}},
        "ram: there is no such resource, only cpu, memory, gpu, disk",
    ),
    "resources list": ({"resources": ["2Gi"]}, "resources are a mapping"),
    "handler": ({"io_handler": 3}, "a handler is a name"),
    "input mode": ({"input_mode": "file"}, "an input mode is"),
    "input mode of one": ({"input_mode": {"n": "file"}}, "an input mode is"),
    "env": ({"env": {"A": 1}}, "env maps"),
    "secrets": ({"secrets": ["token"]}, "secrets map"),
    "image": ({"image": 1}, "must be text"),
    "packages": ({"packages": "numpy"}, "packages are a list"),
    "cache": ({"cache": {"time": 1}}, "cache is"),
    "on failure": ({"on_failure": "ignore"}, "on_failure is"),
    "default": ({"on_failure": default({1, 2})}, "JSON"),
    "platform": ({"platform": ["argo"]}, "platform maps"),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_a_wrong_option_is_refused_where_it_stands(case: str) -> None:
    """The decorator itself refuses, with its own line."""
    options, words = OPTIONS[case]

    with pytest.raises(AxlError) as caught:

        @step(**options)
        def work(self: object) -> int:
            return 1

    assert words in str(caught.value)
    assert "test_wrong_options.py:" in str(caught.value)


def test_everything_wrong_with_one_decorator_is_told_at_once() -> None:
    """Each wrong option has its line, with the form that is right; the unknown one its nearest name."""
    with pytest.raises(AxlError) as caught:

        @step(retrys=3, timeout="soon", resources={"cpu": "two", "ram": 1, "gpu": 1}, image="right")
        def work(self: object) -> int:
            return 1

    assert isinstance(caught.value, MistakesError)
    problems = caught.value.problems
    assert ["retrys", "timeout", "resources"] == [
        next(name for name in ("retrys", "timeout", "resources") if name in problem.what)
        for problem in problems
    ]
    assert "did you mean 'retries'?" in problems[0].hint
    assert "cpu: a CPU count is" in problems[2].hint
    assert "ram: there is no such resource" in problems[2].hint
    assert 1 == len({problem.where for problem in problems})


def test_everything_wrong_with_one_retry_is_told_at_once() -> None:
    """The fields of Retry are told by their names."""
    with pytest.raises(AxlError) as caught:
        step(retries=Retry(attempts=1.5, delay="soon", jitter="x"))(lambda self: 1)  # type: ignore[arg-type]

    hint = str(caught.value).partition("hint: ")[2]
    assert ["attempts", "delay", "jitter"] == [part.partition(":")[0] for part in hint.split("; ")]


def test_the_class_attributes_of_a_workflow_are_told_at_once() -> None:
    """Defaults for every step are parsed like a decorator."""
    with pytest.raises(MistakesError, match=r"(?s)retries of workflow Wrong.*timeout of workflow Wrong"):
        axl.trace(type("Wrong", (Base,), {"retries": "many", "timeout": "soon", "__module__": __name__}))
