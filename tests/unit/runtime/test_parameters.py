"""Given values are merged over defaults, checked against the author's types, and refused all at once."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, NamedTuple, NewType, TypedDict

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axl.dsl.describe import source_of
from axl.dsl.params import graph_hints, graph_params, step_params
from axl.dsl.step import step
from axl.dsl.workflow import Workflow
from axl.errors import ParameterError
from axl.io.assignment import Given, parse_assignment
from axl.ir.hints import MISSING
from axl.ir.nodes import Block, Const, IRWorkflow
from axl.runtime.parameters import bind, needs_maker, read_params, rebuild


class Mode(Enum):
    """How thorough a run is."""

    FAST = "fast"
    FULL = "full"
    ONE = "1"


class Level(IntEnum):
    """A number with a name."""

    LOW = 1
    HIGH = 2


class Inner(pydantic.BaseModel):
    """A part of a model."""

    depth: int = 3


class Model(pydantic.BaseModel):
    """A model with a part, an alias and a secret."""

    seed: int = 42
    rate: float = pydantic.Field(default=0.5, ge=0)
    inner: Inner = Inner()
    shown: str = pydantic.Field(default="x", alias="Shown")
    token: pydantic.SecretStr = pydantic.SecretStr("")


@dataclass
class Point:
    """A plain record."""

    x: int
    y: float = 0.0


class Row(NamedTuple):
    """A row."""

    left: int
    right: Mode


class Table(TypedDict, total=False):
    """A dict with known keys."""

    depth: int


class Train(pydantic.BaseModel):
    """What the `params` step returns."""

    seed: int = 42
    trees: Annotated[int, pydantic.Field(ge=1)] = 50
    style: Mode = Mode.FAST
    note: str | None = None


Month = NewType("Month", int)


def program_of(cls: type[Workflow]) -> IRWorkflow:
    """Return as much of a workflow's IR as parameters need."""
    params = (*graph_params(cls, graph_hints(cls)), *step_params(cls))
    return IRWorkflow(name="w", source=source_of(cls), params=params, body=Block(result=Const("null")))


class Churn(Workflow):
    """Arguments of most kinds, and the `params` step."""

    @step
    def params(self) -> Train:
        """Give the defaults."""
        return Train()

    def graph(
        self,
        months: list[int],
        region: str = "eu",
        rate: float = 0.5,
        dry: bool = False,
        mode: Mode = Mode.FAST,
        extra: dict[str, Any] | None = None,
    ) -> list[int]:
        """Return the months."""
        return months


def typed(hint: object) -> type[Workflow]:
    """Make a workflow whose graph has one argument `n` of a type."""

    def graph(self: Workflow, n: Any) -> None:
        """Take one."""

    graph.__annotations__ = {"n": hint}
    return type("Typed", (Workflow,), {"graph": graph, "__module__": __name__})


def bound(hint: object, item: Given) -> object:
    """Bind one value to one parameter of a type."""
    cls = typed(hint)
    return bind(program_of(cls), cls, [item])["n"]


def from_file(value: Any) -> Given:
    """Give a value as a file does."""
    return Given(name="n", value=value, source="p.yaml")


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
    assert text.count("test_parameters.py:") == 4
    assert "hint: the parameters of w are months, region" in text


def test_one_problem_stands_at_its_line() -> None:
    """A single problem reads like every other error of ours."""
    with pytest.raises(ParameterError) as caught:
        bind(program_of(Churn), Churn, {"months": "x"})

    assert caught.value.where is not None
    assert 'the parameter months wants list[int], not "x"' == caught.value.what


ACCEPTED: list[tuple[object, object, object]] = [
    (int, 5, 5),
    (int, 10**400, 10**400),
    (float, 5, 5.0),
    (float, 10**17, 1e17),
    (float, 0.1, 0.1),
    (str, "", ""),
    (bool, True, True),
    (None, None, None),
    (int | None, None, None),
    (int | float, 5, 5),
    (float | int, 5, 5),
    (float | None, 5, 5.0),
    (int | str, "5", "5"),
    (list[int], [], []),
    (list[float], [1, 2.5], [1.0, 2.5]),
    (list[list[int]], [[1], []], [[1], []]),
    (list, [1, "a"], [1, "a"]),
    (dict, {"a": 1}, {"a": 1}),
    (dict[str, int], {"a": 1}, {"a": 1}),
    (Any, {"a": [None]}, {"a": [None]}),
    (object, 1, 1),
    (MISSING, "x", "x"),
    (Literal["a", 1], 1, 1),
    (Month, 3, 3),
    (Annotated[int, pydantic.Field(gt=0)], 3, 3),
    (Annotated[int, pydantic.Field(gt=0), ["no hash"]], 3, 3),
    (Mode, "fast", "fast"),
    (Level, 2, 2),
    (list[Mode], ["fast", "full"], ["fast", "full"]),
    (tuple[int, str], [1, "a"], [1, "a"]),
    (tuple[int, ...], [1, 2], [1, 2]),
    (set[int], [2], [2]),
    (Point, {"x": 1}, {"x": 1, "y": 0.0}),
    (Row, [1, "full"], [1, "full"]),
    (Table, {"depth": 1}, {"depth": 1}),
    (Inner, {}, {"depth": 3}),
    (list[Inner], [{"depth": 1}], [{"depth": 1}]),
]


@pytest.mark.parametrize(("hint", "value", "expected"), ACCEPTED, ids=lambda case: str(case)[:30])
def test_values_of_a_type_are_taken(hint: object, value: Any, expected: object) -> None:
    """A value of the type is taken, in the form that the type writes itself."""
    result = bound(hint, from_file(value))

    assert expected == result
    assert type(expected) is type(result)


REFUSED: list[tuple[object, object, str]] = [
    (int, "5", 'wants int, not "5" (p.yaml)'),
    (int, 5.0, "wants int, not 5.0"),
    (int, True, "wants int, not true"),
    (int, None, "wants int, not null"),
    (bool, 1, "wants bool, not 1"),
    (bool, "true", 'wants bool, not "true"'),
    (float, "5", 'wants float, not "5"'),
    (float, True, "wants float, not true"),
    (str, 5, "wants str, not 5"),
    (str, None, "wants str, not null"),
    (None, 1, "wants None, not 1"),
    (int | None, "x", 'wants int | None, not "x"'),
    (list[int], 5, "wants list[int], not 5"),
    (list[int], [1, "2"], "[1] should be a valid integer"),
    (list[int], {"0": 1}, "wants list[int]"),
    (dict[str, int], {"a": "1"}, "a should be a valid integer"),
    (dict[str, int], [], "wants dict[str, int], not []"),
    (Literal["a", "b"], "c", "should be 'a' or 'b'"),
    (Annotated[int, pydantic.Field(gt=0)], 0, "should be greater than 0"),
    (Mode, "slow", "should be 'fast', 'full' or '1'"),
    (Level, "1", "should be 1 or 2"),
    (Level, True, "should not be a bool"),
    (tuple[int, str], [1], "[1] field required"),
    (Point, {}, "x field required"),
    (Point, {"x": 1, "z": 2}, "there is no z"),
    (Inner, {"dept": 1}, "there is no dept"),
    (list[Model], [{"inner": {"dept": 1}}], "there is no [0].inner.dept"),
    (Model, {"rate": -1.0}, "rate should be greater than or equal to 0"),
    (Model, {"seed": "7"}, "seed should be a valid integer"),
    (Table, {"dept": 1}, "wants tests.unit.runtime.test_parameters.Table, not"),
    (Table, {"depth": "1"}, "wants tests.unit.runtime.test_parameters.Table, not"),
    (list[int], ["a"] * 9, "and 6 more"),
]


@pytest.mark.parametrize(("hint", "value", "words"), REFUSED, ids=lambda case: str(case)[:30])
def test_values_of_another_type_are_refused(hint: object, value: Any, words: str) -> None:
    """Nothing is converted in silence: neither text to numbers, nor bools to ints, nor typos to defaults."""
    with pytest.raises(ParameterError) as caught:
        bound(hint, from_file(value))

    assert words in caught.value.what
    assert "\n" not in caught.value.what


WORDS: list[tuple[object, str, object]] = [
    (int, "5", 5),
    (str, "5", "5"),
    (str, "null", "null"),
    (str, "true", "true"),
    (str, "[1]", "[1]"),
    (str, '"5"', "5"),
    (str, "", ""),
    (str | None, "null", None),
    (str | None, "5", "5"),
    (int | str, "5", 5),
    (Mode, "fast", "fast"),
    (Mode, "1", "1"),
    (Level, "1", 1),
    (Literal["1", "2"], "1", "1"),
    (bool, "true", True),
    (float, "1e3", 1000.0),
    (list[int], "[1, 2]", [1, 2]),
    (Month, "3", 3),
    (Annotated[str, pydantic.Field(max_length=3)], "123", "123"),
]


@pytest.mark.parametrize(("hint", "words", "expected"), WORDS, ids=lambda case: str(case)[:30])
def test_words_take_the_parameter_s_type(hint: object, words: str, expected: object) -> None:
    """What `--param` says is JSON or text, whichever the parameter takes."""
    assert expected == bound(hint, parse_assignment(f"n={words}"))


@pytest.mark.parametrize("words", ["True", "x", "NaN", "5.0", "[1", "1_000", "012"])
def test_words_are_no_other_type(words: str) -> None:
    """Words that are no JSON number are no int."""
    with pytest.raises(ParameterError, match="wants int"):
        bound(int, parse_assignment(f"n={words}"))


def test_a_secret_is_kept_as_given() -> None:
    """A value that its type masks when it writes itself is not replaced by the mask."""
    assert {"token": "hush"} == bound(Model, from_file({"token": "hush"}))


def test_an_alias_is_kept() -> None:
    """A field is given by its alias, and the result can be read again."""
    result = bound(Model, from_file({"Shown": "y"}))

    assert isinstance(result, dict)
    assert "Shown" in json.dumps(result)


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


NEEDS: list[tuple[object, bool]] = [
    (MISSING, False),
    (None, False),
    (int, False),
    (list[dict[str, float]], False),
    (Any, False),
    (int | None, False),
    (Literal["a"], False),
    (Annotated[int, "x"], False),
    (Table, False),
    (Mode, True),
    (list[Mode], True),
    (Mode | None, True),
    (tuple[int, ...], True),
    (set[int], True),
    (Point, True),
    (Row, True),
    (Inner, True),
    (dict[str, Inner], True),
]


@pytest.mark.parametrize(("hint", "expected"), NEEDS, ids=lambda case: str(case)[:30])
def test_what_needs_a_maker(hint: object, expected: bool) -> None:
    """Only a value that is more than its JSON has to be rebuilt."""
    assert expected is needs_maker(hint)


REBUILT: list[tuple[object, str, object, object]] = [
    (int, "", 5, 5),
    (Mode, "", "fast", Mode.FAST),
    (Level, "", 2, Level.HIGH),
    (list[Mode], "", ["fast"], [Mode.FAST]),
    (list[Mode], "/[]", "fast", Mode.FAST),
    (list[list[Mode]], "/[]/[]", "fast", Mode.FAST),
    (list[Mode] | None, "/[]", "fast", Mode.FAST),
    (Annotated[list[Mode], "x"], "/[]", "fast", Mode.FAST),
    (tuple[int, Mode], "/[]", "fast", Mode.FAST),
    (tuple[int, str], "", [1, "a"], (1, "a")),
    (set[int], "", [1], {1}),
    (Row, "", [1, "full"], Row(1, Mode.FULL)),
    (Point, "", {"x": 1}, Point(1)),
    (Inner, "", {"depth": 1}, Inner(depth=1)),
    (dict[str, Inner], "", {"a": {"depth": 1}}, {"a": Inner(depth=1)}),
    (list[int], "/[]", 5, 5),
    (Any, "/[]", [5], [5]),
]


@pytest.mark.parametrize(("hint", "levels", "value", "expected"), REBUILT, ids=lambda case: str(case)[:30])
def test_typed_values_are_rebuilt(hint: object, levels: str, value: Any, expected: object) -> None:
    """The step gets the object that the annotation promises."""
    cls = typed(hint)
    result = rebuild(cls, f"{source_of(cls)}/n{levels}", value)

    assert expected == result
    assert type(expected) is type(result)


def test_a_type_that_changed_is_said_so() -> None:
    """A value of an older type does not fit, and the message says what to do."""
    cls = typed(Mode)

    with pytest.raises(ParameterError, match=r"is no .*Mode any more"):
        rebuild(cls, f"{source_of(cls)}/n", "gone")


def test_plain_values_do_not_import_pydantic() -> None:
    """Pydantic costs a fifth of a second and is needed for typed values only."""
    code = """
import sys, enum
from axl.dsl.workflow import Workflow
from axl.dsl.params import graph_params, graph_hints
from axl.ir.nodes import Block, Const, IRWorkflow
from axl.io.assignment import parse_assignment
from axl.runtime.parameters import bind, rebuild
class Mode(enum.Enum):
    FAST = "fast"
class W(Workflow):
    def graph(self, n: list[int], mode: Mode, rate: float | None = None): ...
program = IRWorkflow(name="w", source="m:W", params=graph_params(W, graph_hints(W)), body=Block(result=Const("1")))
bind(program, W, [parse_assignment(text) for text in ("n=[1]", "mode=fast", "rate=1")])
assert rebuild(W, "m:W/mode", "fast") is Mode.FAST
print([name for name in ("pydantic", "yaml", "numpy") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_a_bool_is_no_number_of_a_literal() -> None:
    """`true` is not the 1 of a Literal, though pydantic takes it for one."""
    with pytest.raises(ParameterError, match="should not be a bool"):
        bound(list[Literal["a", 1]], from_file([True]))


plain_hints: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from([int, float, str, bool, Any, Mode, Literal["a", "1"], int | None]),
    lambda inner: st.builds(lambda hint: list[hint], inner) | st.builds(lambda hint: dict[str, hint], inner),  # type: ignore[valid-type]  # made at run time
    max_leaves=3,
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=5,
)


@given(hint=plain_hints, value=json_values)
@settings(max_examples=150, deadline=None)
def test_the_short_way_agrees_with_pydantic(hint: Any, value: Any) -> None:
    """What is taken without pydantic is exactly what its strict reading takes; binding again changes nothing."""
    try:
        expected = pydantic.TypeAdapter(hint).validate_json(json.dumps(value), strict=True)
    except pydantic.ValidationError:
        with pytest.raises(ParameterError):
            bound(hint, from_file(value))
        return

    result = bound(hint, from_file(value))

    assert pydantic.TypeAdapter(hint).validate_json(json.dumps(result), strict=True) == expected
    assert result == bound(hint, from_file(result))
