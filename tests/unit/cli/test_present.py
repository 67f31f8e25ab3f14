"""Values, tables and names as people and programs read them."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections import OrderedDict
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

from axl.cli.instances import parse_instance
from axl.cli.narrate import span
from axl.cli.present import as_json, as_text
from axl.cli.table import cell, size, table
from axl.errors import UsageError
from axl.wire.failed import Failed


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Pair(NamedTuple):
    left: int
    right: str


@dataclasses.dataclass
class Point:
    x: int
    deep: Pair


class Model(BaseModel):
    when: date
    n: int = 1


class Hostile:
    def __repr__(self) -> str:
        raise ValueError("no")


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (1, 1),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        ("text", "text"),
        (Text("sub"), "sub"),
        ([1, (2, 3)], [1, [2, 3]]),
        ({"a": {1: 2}}, {"a": {"1": 2}}),
        (OrderedDict(a=1), {"a": 1}),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (Pair(1, "b"), {"left": 1, "right": "b"}),
        (Point(1, Pair(2, "c")), {"x": 1, "deep": {"left": 2, "right": "c"}}),
        (Model(when=date(2024, 2, 29)), {"when": "2024-02-29", "n": 1}),
        (date(2024, 2, 29), "2024-02-29"),
        (Path("a/b"), "a/b"),
        (np.float64(1.5), 1.5),
        (np.int32(4), 4),
        (np.bool_(True), True),
        (np.float64("nan"), "nan"),
        (b"bytes", "b'bytes'"),
        ({1, 2}, "{1, 2}"),
        (Failed("load", "ValueError", "no"), {"step": "load", "error": "ValueError", "message": "no"}),
        (Hostile(), "<Hostile, whose __repr__ raised ValueError>"),
    ],
)
def test_any_value_has_a_json_form(value: object, expected: object) -> None:
    """What JSON can say is said as JSON, the rest as its repr; nothing fails."""
    assert expected == as_json(value)


def test_json_of_a_value_that_contains_itself_ends() -> None:
    """A cycle is cut, and what comes out is JSON."""
    loop: list[object] = []
    loop.append(loop)

    assert json.dumps(as_json(loop)).count("[") <= 102


def test_text_is_itself_and_the_rest_is_printed() -> None:
    """A string is printed without quotes, a data frame as pandas prints it, and a bad repr is no end."""
    frame = pd.DataFrame({"a": [1]})

    assert ("a b", repr(frame)) == (as_text("a b", 80), as_text(frame, 80))
    assert "raised ValueError" in as_text(Hostile(), 80)


def test_a_table_lines_up_and_stays_on_its_lines() -> None:
    """A name with a line break or an escape cannot make a row of its own."""
    text = table(["name", "n"], [["a\nb", "1"], ["\x1b[2J", "22"]])

    assert ["name     n", "a\\nb     1", "\\x1b[2J  22"] == text.splitlines()


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2_340_000, "2.3 MB"), (10**13, "10.0 TB")],
)
def test_sizes_are_short(count: int, text: str) -> None:
    """A size has three or four digits and its unit."""
    assert text == size(count)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.00s"), (0.123, "0.12s"), (59.99, "59.99s"), (60, "1m00s"), (3599.9, "1h00m"), (7384, "2h03m")],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    """A duration has at most two units."""
    assert text == span(seconds)


def test_a_cell_has_no_tabs() -> None:
    """A tab would break the columns."""
    assert "a b" == cell("a\tb")


@pytest.mark.parametrize(
    ("text", "parsed"),
    [("load", ("load", ())), ("load[3]", ("load", (3,))), ("size[2][0]", ("size", (2, 0)))],
)
def test_an_instance_is_read_as_it_is_written(text: str, parsed: tuple[str, tuple[int, ...]]) -> None:
    """`load[3]` names item 3 of load."""
    assert parsed == parse_instance(text)


@pytest.mark.parametrize(
    "text", ["", "[3]", "load[", "load[x]", "load[-1]", "load]3[", "a[1]b", "load[9999999999]"]
)
def test_what_names_no_instance_is_refused(text: str) -> None:
    """A form that is not `name[index]…` is told with the right one."""
    with pytest.raises(UsageError, match="names no step"):
        parse_instance(text)
