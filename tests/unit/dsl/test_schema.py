"""Annotations give the JSON schema of their values, and one text that never depends on the process."""

# ruff: noqa: UP006, UP007, UP035, UP045, F821, PYI061 (old and broken spellings are what is tested)

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Dict,
    List,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    Tuple,
    TypedDict,
    TypeVar,
    Union,
)

import pandas as pd
import pyarrow as pa
import pydantic
import pytest

from axl.dsl.schema import json_schema, type_text

T = TypeVar("T")
Month = NewType("Month", int)
HERE = __name__


class Colour(Enum):
    """Two names."""

    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    """Two numbers."""

    LOW = 1
    HIGH = 2


class Mixed(Enum):
    """One member that JSON cannot hold."""

    ONE = 1
    OBJECT = object()


class Inner(pydantic.BaseModel):
    """A part of a model."""

    x: int = 1


class Outer(pydantic.BaseModel):
    """A model with a part."""

    inner: Inner


class Flat(pydantic.BaseModel):
    """A model without parts."""

    seed: int = 42


class Silent:
    """Offers a schema and has none."""

    @classmethod
    def model_json_schema(cls) -> dict[str, object]:
        """Fail as pydantic does for a model that JSON cannot hold."""
        raise ValueError("no schema")


@dataclass
class Point:
    """A plain record."""

    x: int
    y: int = 0
    seen: list[str] = field(default_factory=list)


@dataclass
class Chain:
    """A record inside itself."""

    rest: Optional[Chain] = None


@dataclass
class Opaque:
    """A record with a part that JSON cannot hold."""

    frame: pd.DataFrame


class Options(TypedDict, total=False):
    """A dict with known keys."""

    depth: int


class Pair(NamedTuple):
    """A row."""

    left: int
    right: str


INT = {"type": "integer"}
STR = {"type": "string"}
NULL = {"type": "null"}
COLOUR = {"type": "string", "enum": ["red", "blue"]}
FLAT = {
    "properties": {"seed": {"default": 42, "title": "Seed", "type": "integer"}},
    "title": "Flat",
    "type": "object",
    "description": "A model without parts.",
}

SCHEMAS: list[tuple[object, object]] = [
    (None, NULL),
    (type(None), NULL),
    (bool, {"type": "boolean"}),
    (int, INT),
    (float, {"type": "number"}),
    (str, STR),
    (Any, {}),
    (object, {}),
    (inspect.Parameter.empty, {}),
    (list, {"type": "array"}),
    (list[int], {"type": "array", "items": INT}),
    (List[int], {"type": "array", "items": INT}),
    (Sequence[str], {"type": "array", "items": STR}),
    (set[int], {"type": "array", "items": INT, "uniqueItems": True}),
    (tuple[int, ...], {"type": "array", "items": INT}),
    (tuple[int, str], {"type": "array", "prefixItems": [INT, STR], "minItems": 2, "maxItems": 2}),
    (Pair, {"type": "array", "prefixItems": [INT, STR], "minItems": 2, "maxItems": 2}),
    (dict, {"type": "object"}),
    (dict[str, int], {"type": "object", "additionalProperties": INT}),
    (Mapping[str, int], {"type": "object", "additionalProperties": INT}),
    (Optional[int], {"anyOf": [INT, NULL]}),
    (Union[None, str, int], {"anyOf": [INT, STR, NULL]}),
    (Union[str, Month, int], {"anyOf": [INT, STR]}),
    (Literal["b", "a"], {"type": "string", "enum": ["a", "b"]}),
    (Literal[1, "a", None], {"enum": ["a", 1, None]}),
    (Colour, COLOUR),
    (Level, {"type": "integer", "enum": [1, 2]}),
    (list[Colour], {"type": "array", "items": COLOUR}),
    (Annotated[int, "months"], INT),
    (Month, INT),
    (Flat, FLAT),
    (list[Flat], {"type": "array", "items": FLAT}),
    (
        Point,
        {
            "type": "object",
            "properties": {"x": INT, "y": INT, "seen": {"type": "array", "items": STR}},
            "additionalProperties": False,
            "required": ["x"],
        },
    ),
    (
        Chain,
        {"type": "object", "properties": {"rest": {"anyOf": [{}, NULL]}}, "additionalProperties": False},
    ),
    (Options, {"type": "object", "properties": {"depth": INT}, "additionalProperties": False}),
]


@pytest.mark.parametrize(("hint", "expected"), SCHEMAS, ids=lambda case: str(case)[:40])
def test_schema_of_json_types(hint: object, expected: object) -> None:
    """Every annotation whose values JSON can hold has a schema."""
    assert expected == json_schema(hint)


NOT_JSON: list[object] = [
    bytes,
    complex,
    Path,
    pd.DataFrame,
    list[pd.DataFrame],
    int | pd.DataFrame,
    dict[int, str],
    dict[str, bytes],
    tuple[int, bytes],
    Callable[[int], str],
    T,
    "Forward",
    list["Forward"],
    Literal[b"x"],
    Literal[Colour.RED],
    Mixed,
    Opaque,
    Silent,
    type[int],
]


@pytest.mark.parametrize("hint", NOT_JSON, ids=lambda case: str(case)[:40])
def test_no_schema_for_other_types(hint: object) -> None:
    """A type with a part that JSON cannot hold has no schema."""
    assert json_schema(hint) is None


def test_definitions_of_a_nested_model_resolve() -> None:
    """Wherever a model stands, every reference of its schema points at the root's definitions."""
    schema = json_schema(list[Outer] | None)

    assert schema is not None
    name = f"{HERE}.Outer.Inner"
    assert [name] == list(schema["$defs"])  # type: ignore[arg-type]  # an object by construction
    assert f"'#/$defs/{name}'" in str(schema)


def test_schema_imports_nothing() -> None:
    """The tracer stays within the standard library."""
    code = "import sys, axl.dsl.schema; print([m for m in ('pydantic', 'yaml', 'numpy') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


class _Nested:
    class Deep:
        """A class in a class."""


TEXTS: list[tuple[object, str]] = [
    (int, "int"),
    (None, "None"),
    (inspect.Parameter.empty, "Any"),
    (Any, "Any"),
    (object, "object"),
    (list, "list"),
    (list[int], "list[int]"),
    (List[int], "list[int]"),
    (Dict[str, List[float]], "dict[str, list[float]]"),
    (Tuple[int, ...], "tuple[int, ...]"),
    (tuple[()], "tuple[()]"),
    (Optional[str], "str | None"),
    (None | str, "str | None"),
    (Union[str, int], "int | str"),
    (Literal["b", "a"], "Literal['a', 'b']"),
    (Literal[Colour.RED, 1], f"Literal[1, {HERE}.Colour.RED]"),
    (Sequence[int], "Sequence[int]"),
    (Callable[[int, str], bool], "Callable[[int, str], bool]"),
    (Callable[..., int], "Callable[..., int]"),
    (Annotated[int, object()], "int"),
    (Month, "int"),
    (T, "T"),
    ("Forward", "Forward"),
    (list["Forward"], "list[Forward]"),
    (type[int], "type[int]"),
    (pd.DataFrame, "pandas.DataFrame"),
    (list[pd.DataFrame], "list[pandas.DataFrame]"),
    (pa.Table, "pyarrow.Table"),
    (Path, "pathlib.Path"),
    (Pair, f"{HERE}.Pair"),
    (Colour, f"{HERE}.Colour"),
    (_Nested.Deep, f"{HERE}._Nested.Deep"),
    (Flat, f"{HERE}.Flat"),
]


@pytest.mark.parametrize(("hint", "expected"), TEXTS, ids=lambda case: str(case)[:40])
def test_text_of_annotations(hint: object, expected: str) -> None:
    """The text reads like the annotation, with public module names."""
    assert expected == type_text(hint)


def test_text_does_not_depend_on_what_was_seen_before() -> None:
    """Python caches equal unions under one object; the text is the same for either spelling."""
    first = type_text(Optional[Literal["x", "y"]]), type_text(List[Union[int, str]])

    second = type_text(Optional[Literal["y", "x"]]), type_text(List[Union[str, int]])

    assert first == second
