"""A value is taken where it is one of its parameter's type, and nothing is converted in silence."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axl.errors import ParameterError
from axl.io.assignment import parse_assignment
from axl.ir.hints import MISSING
from tests.unit.runtime.parameter_kinds import (
    Inner,
    Level,
    Mode,
    Model,
    Month,
    Point,
    Row,
    Table,
    bound,
    from_file,
)

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
    (Table, {"dept": 1}, "wants tests.unit.runtime.parameter_kinds.Table, not"),
    (Table, {"depth": "1"}, "wants tests.unit.runtime.parameter_kinds.Table, not"),
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
