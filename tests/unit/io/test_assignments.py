"""The words `name=value` are read as JSON or as text, and what no run can take is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from axl.errors import ParameterError, UsageError
from axl.io.assignment import Given, parse_assignment

ASSIGNMENTS: list[tuple[str, object]] = [
    ("n=5", 5),
    ("n=5.5", 5.5),
    ("n=true", True),
    ("n=null", None),
    ("n=[1, 2]", [1, 2]),
    ('n={"a": 1}', {"a": 1}),
    ('n="5"', "5"),
    ("n=", ""),
    ("n=eu-west", "eu-west"),
    ("n=a=b", "a=b"),
    ("n=True", "True"),
    ("n=NaN", "NaN"),
    ("n=012", "012"),
    ("n=[1", "[1"),
    ("n=no", "no"),
    ("n= 5 ", 5),
    ("n=\u00e9", "\u00e9"),
]


@pytest.mark.parametrize(("text", "value"), ASSIGNMENTS)
def test_assignments_are_json_or_text(text: str, value: object) -> None:
    """A value is JSON where it parses as JSON; the words themselves are kept beside it."""
    expected = Given(name="n", value=value, source="--param", text=text[2:])  # type: ignore[arg-type]  # JSON all

    assert expected == parse_assignment(text)


@pytest.mark.parametrize("text", ["", "n", "=", "=5", "n 5"])
def test_what_is_no_assignment(text: str) -> None:
    """Without a name and an equals sign there is nothing to read."""
    with pytest.raises(UsageError, match="name=value"):
        parse_assignment(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('n={"a": 1, "a": 2}', "given twice"),
        ("n=" + "[" * 100_000, "more than 100 deep"),
        ("n=" + "[" * 101 + "]" * 101, "more than 100 deep"),
        ("n=" + "1" * 5000, "more than 4300 digits"),
        ("n=1e999", "not finite"),
        ('n="\\ud800"', "surrogate"),
        ("n=\udcff", "not UTF-8"),
        ("\udcff=1", "not UTF-8"),
    ],
    ids=lambda case: repr(case)[:30],
)
def test_values_that_no_run_can_take(text: str, words: str) -> None:
    """A value that is JSON and not strict is refused, never passed as text in silence."""
    with pytest.raises(ParameterError, match=words) as caught:
        parse_assignment(text)

    assert str(caught.value).encode()


def test_reading_an_assignment_does_not_import_yaml() -> None:
    """Only a file costs the import of a parser of files."""
    code = "import sys, axl.io.assignment; print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
