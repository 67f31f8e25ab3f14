"""Given values are merged over defaults, and refused all at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from axl.dsl.workflow import Workflow
from axl.errors import ParameterError
from axl.io.assignment import parse_assignment
from axl.runtime.parameters.bind import bind, read_params
from tests.unit.runtime.parameter_kinds import Churn, Mode, Model, Point, program_of


def test_defaults_fill_what_is_not_given() -> None:
    """Every argument has a value; the overrides of the `params` step are those that were given."""
    expected = {
        "months": [1],
        "region": "eu",
        "rate": 0.5,
        "dry": False,
        "mode": "fast",
        "extra": None,
        "params": {},
    }

    assert expected == bind(program_of(Churn), Churn, {"months": [1]})


def test_later_values_win() -> None:
    """The command line weighs more than the file before it, whatever it says twice."""
    items = [
        *read_params({"months": [1], "region": "us", "trees": 7}, "p.yaml"),
        parse_assignment("region=a"),
        parse_assignment("region=asia"),
    ]

    result = bind(program_of(Churn), Churn, items)

    assert ("asia", {"trees": 7}) == (result["region"], result["params"])


def test_fields_may_be_given_together() -> None:
    """The fields of the `params` step are flat names or one object, and binding twice changes nothing."""
    program = program_of(Churn)
    once = bind(program, Churn, {"months": [1], "params": {"trees": 9}, "style": Mode.FULL})

    assert {"trees": 9, "style": "full"} == once["params"]
    assert once == bind(program, Churn, once)


def test_python_values_become_json() -> None:
    """A caller in Python may give what the graph's own callers give."""

    class Own(Workflow):
        def graph(
            self, mode: Mode, model: Model, point: Point, many: tuple[int, ...], some: set[int]
        ) -> None:
            """Take objects."""

    values = {"mode": Mode.FULL, "model": Model(seed=1), "point": Point(1), "many": (1, 2), "some": {3}}

    result = bind(program_of(Own), Own, values)

    assert ["full", {"x": 1, "y": 0.0}, [1, 2], [3]] == [
        result[key] for key in ("mode", "point", "many", "some")
    ]
    assert json.loads(json.dumps(result)) == result


def test_all_problems_come_at_once() -> None:
    """One error lists every name, what is wrong with it, where it comes from and the author's line."""
    items = [*read_params({"regoin": "us", "dry": 1, "trees": 0}, "p.yaml"), parse_assignment("rate=fast")]

    with pytest.raises(ParameterError) as caught:
        bind(program_of(Churn), Churn, items)

    text = str(caught.value)
    assert text.startswith("5 parameters are wrong:")
    assert "there is no parameter regoin (p.yaml); did you mean region?" in text
    assert "the parameter months has no value and no default" in text
    assert "the parameter dry wants bool, not 1 (p.yaml)" in text
    assert "the parameter rate wants float, not fast (--param)" in text
    assert "the parameter trees wants int, not 0 (p.yaml); should be greater than or equal to 1" in text
    assert text.count("parameter_kinds.py:") == 4
    assert "hint: the parameters of w are months, region" in text


def test_one_problem_stands_at_its_line() -> None:
    """A single problem reads like every other error of ours."""
    with pytest.raises(ParameterError) as caught:
        bind(program_of(Churn), Churn, {"months": "x"})

    assert caught.value.where is not None
    assert 'the parameter months wants list[int], not "x"' == caught.value.what


@pytest.mark.parametrize("value", [float("nan"), object(), {"a": {1, "x"}, "b": object()}, [float("inf")]])
def test_python_values_that_json_cannot_hold(value: object) -> None:
    """They are refused by name, before any type is looked at."""
    with pytest.raises(ParameterError, match="the parameter months is"):
        bind(program_of(Churn), Churn, {"months": value})


def test_a_cycle_is_refused() -> None:
    """A list inside itself ends in one error."""
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(ParameterError, match="the parameter months is"):
        bind(program_of(Churn), Churn, {"months": endless})


@pytest.mark.parametrize("document", [None, [], "x", 5, [{"a": 1}]])
def test_a_document_without_names(document: Any) -> None:
    """A file of parameters holds names and values."""
    with pytest.raises(ParameterError, match=r"p\.yaml holds"):
        read_params(document, "p.yaml")


def test_a_workflow_without_parameters() -> None:
    """It takes nothing, and says so."""

    class Bare(Workflow):
        def graph(self) -> None:
            """Take nothing."""

    assert {} == bind(program_of(Bare), Bare)
    with pytest.raises(ParameterError, match="w takes no parameters"):
        bind(program_of(Bare), Bare, {"x": 1})
