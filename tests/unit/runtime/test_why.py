"""Why a step ran again: every reason is named, and a forecast names it before the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import axl
from axl import api
from axl.runtime.cache.changes import Change
from tests.unit.runtime.reasons import said

Make = Callable[[str, str], type[axl.Workflow]]

HELPERS = """
BASE = 1

def deep(x):
    return deeper(x)

def deeper(x):
    return x + BASE
"""
FLOW = """
from axl import Workflow, step
from why_helpers import deep

class W(Workflow):
    @step
    def clean(self, m: int) -> int:
        return deep(m)

    @step
    def join(self, xs: list[int]) -> int:
        return sum(xs)

    def graph(self, ms: list[int]) -> int:
        return self.join(self.clean.map(ms))
"""


@pytest.fixture
def make(load: Callable[..., Any]) -> Make:
    """Write a workflow `W` and its helpers, and load both anew."""
    return lambda helpers, flow: load(why_helpers=helpers, why_flow=flow).W


def told(cls: type[axl.Workflow], ms: list[int]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a forecast says of each step instance, and what the run says afterwards."""
    before = {each.name: said(each) for each in api.forecast(cls, {"ms": ms}, store="store").runs}
    run = axl.run(cls, {"ms": ms}, executor="inline", store="store")
    return before, {each.name: said(each) for each in api.why(run.id, store="store")}


def test_the_first_time_is_said(make: Make) -> None:
    """Nothing is known, and what depends on it comes later."""
    cls = make(HELPERS, FLOW)

    forecast = api.forecast(cls, {"ms": [1]}, store="store")

    assert [("clean[0]", "the first time")] == [(each.name, each.note) for each in forecast.runs]
    assert ("join",) == forecast.later


def test_a_helper_two_calls_deep_is_named_with_its_line(make: Make) -> None:
    """Exactly the steps that use it run again."""
    told(make(HELPERS, FLOW), [1, 2])

    before, after = told(make(HELPERS.replace("x + BASE", "x + BASE + 0"), FLOW), [1, 2])

    why = "computed; `deeper` changed (why_helpers.py:7)"
    assert {"clean[0]": why, "clean[1]": why} == before
    assert {"clean[0]": why, "clean[1]": why, "join": "cached"} == after


def test_a_comment_changes_nothing(make: Make) -> None:
    """Everything is found."""
    told(make(HELPERS, FLOW), [1, 2])

    before, after = told(make(HELPERS + "# more\n", FLOW.replace("return sum", "return  sum")), [1, 2])

    assert ({}, {"cached"}) == (before, set(after.values()))


def test_a_constant_is_named(make: Make) -> None:
    """A value of a module is a part of the code that uses it."""
    told(make(HELPERS, FLOW), [1])

    before, _ = told(make(HELPERS.replace("BASE = 1", "BASE = 2"), FLOW), [1])

    assert {"clean[0]": "computed; `BASE` changed (why_helpers.py:2)"} == before


def test_an_input_is_named_with_both_values(make: Make) -> None:
    """One item of a map, and the step that takes the whole list."""
    told(make(HELPERS, FLOW), [1, 2])

    before, after = told(make(HELPERS, FLOW), [1, 5])

    assert {"clean[1]": "computed; input `m` changed from 2 to 5"} == before
    assert "computed; input `xs`, the result of `clean`, changed" == after["join"]
    assert "cached" == after["clean[0]"]


def test_a_version_is_an_option(make: Make) -> None:
    """What is neither code nor input is said to be an option."""
    told(make(HELPERS, FLOW), [1])

    before, _ = told(
        make(HELPERS, FLOW.replace("@step\n    def clean", '@step(cache="2")\n    def clean')), [1]
    )

    assert {"clean[0]": "computed; the cache version changed from none to 2"} == before


def test_a_step_without_the_cache_says_so(make: Make) -> None:
    """And so does one whose code cannot be followed."""
    off = FLOW.replace("@step\n    def clean", "@step(cache=False)\n    def clean")
    unknown = HELPERS.replace("return x + BASE", "return eval('x')")

    before_off, _ = told(make(HELPERS, off), [1])
    before_unknown, _ = told(make(unknown, FLOW), [1])

    assert {"clean[0]": "computed; its cache is off"} == before_off
    assert before_unknown["clean[0]"].startswith("computed; not cached: `eval` is used")


def test_a_package_is_named_with_its_versions() -> None:
    """A library that a step uses counts by its version."""
    change = Change(kind="package", name="package pandas", before="3.0", after="3.1")

    assert "package pandas changed from 3.0 to 3.1" == change.text
