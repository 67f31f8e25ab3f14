"""The published schema says what documents look like, no more and no less."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axl.ir.codec import from_json, to_json
from axl.ir.nodes import IRWorkflow
from axl.ir.schema import json_schema
from tests.properties.programs import json_values, programs
from tests.unit.ir.small import flow, task

PUBLISHED = Path(__file__).parents[3] / "docs" / "ir.schema.json"
SCHEMA: Any = json_schema()
KINDS = {"object": dict, "array": list, "string": str, "boolean": bool}
KNOWN = set(
    "$ref $defs $schema title description type const enum oneOf properties required additionalProperties items prefixItems "
    "minItems maxItems minLength maxLength minimum maximum exclusiveMinimum pattern contentMediaType".split()
)


def fits(value: Any, schema: Any) -> bool:
    """Say whether a value fits a schema, for the keywords that ours uses."""
    assert schema.keys() <= KNOWN
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")])
    if "oneOf" in schema:
        return [fits(value, option) for option in schema["oneOf"]].count(True) == 1
    if "const" in schema:
        return value == schema["const"] and type(value) is type(schema["const"])
    if "enum" in schema:
        return value in schema["enum"]
    kind = schema["type"]
    if kind in ("integer", "number"):
        return _number(value, schema)
    if not isinstance(value, KINDS[kind]):
        return False
    match value:
        case dict():
            names = schema["properties"]
            whole = value.keys() <= names.keys() and all(name in value for name in schema.get("required", ()))
            return whole and all(fits(item, names[name]) for name, item in value.items())
        case list():
            return _row(value, schema)
        case str():
            size = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
            return size and re.search(schema.get("pattern", ""), value) is not None
        case _:
            return True


def _number(value: Any, schema: Any) -> bool:
    kinds = (int,) if schema["type"] == "integer" else (int, float)
    return (
        type(value) in kinds
        and value >= schema.get("minimum", value)
        and value <= schema.get("maximum", value)
        and ("exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"])
    )


def _row(value: list[Any], schema: Any) -> bool:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return False
    columns = schema.get("prefixItems") or [schema["items"]] * len(value)
    return all(fits(item, column) for item, column in zip(value, columns, strict=True))


def test_the_published_file_is_current() -> None:
    """`docs/ir.schema.json` is what the function returns."""
    assert SCHEMA == json.loads(PUBLISHED.read_text(encoding="utf-8"))


def test_every_reference_has_a_definition() -> None:
    """No `$ref` points at nothing, and no definition is idle."""
    used = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(SCHEMA)))

    assert used == set(SCHEMA["$defs"])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_every_document_fits(program: IRWorkflow) -> None:
    """What the codec writes is what the schema describes."""
    assert fits(to_json(program), SCHEMA)


DOCUMENT = to_json(flow(task("a"), params=("n",)))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SCHEMA["properties"])), json_values)
def test_what_fits_can_be_read(key: str, value: Any) -> None:
    """A document that fits the schema is never refused for its form."""
    document: Any = {**DOCUMENT, key: value}

    if fits(document, SCHEMA):
        assert from_json(document)


@pytest.mark.parametrize("key", ["ir_version", "name", "source", "body"])
def test_what_the_reader_needs_is_required(key: str) -> None:
    """The keys that the reader asks for are the required ones."""
    document: Any = {name: value for name, value in DOCUMENT.items() if name != key}

    assert not fits(document, SCHEMA)
    assert key in SCHEMA["required"]


def test_unknown_keys_do_not_fit() -> None:
    """The schema refuses what the reader refuses."""
    assert not fits({**DOCUMENT, "nmae": "x"}, SCHEMA)
