"""Whatever text or bytes a file holds, it is read as strict JSON or refused."""

from __future__ import annotations

import json
import math
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axl.errors import ParameterError
from axl.io.documents import read_document
from tests.unit.io.written_files import written

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(value=json_values)
@settings(max_examples=100)
def test_json_files_round_trip(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    """Whatever JSON can hold is read as it was written."""
    path = written(tmp_path_factory.mktemp("json"), "p.json", json.dumps(value))

    assert value == read_document(path)


@given(value=st.dictionaries(st.text("abcdef \n:#-[]{}'\"0123456789.", min_size=1), json_values, max_size=4))
@settings(max_examples=100)
def test_json_is_read_alike_as_yaml(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    """A JSON object without odd characters says the same to both readers."""
    text = json.dumps(value)
    folder = tmp_path_factory.mktemp("both")
    if "\\u" in text or "\\/" in text:
        return

    as_yaml = read_document(written(folder, "p.yaml", text))

    assert read_document(written(folder, "p.json", text)) == as_yaml


def is_strict(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and is_strict(item) for key, item in value.items())
    if isinstance(value, list):
        return all(is_strict(item) for item in value)
    return value is None or type(value) in (bool, int, str) or (type(value) is float and math.isfinite(value))


WORDS = r"""a b : [ ] { } , " ' &x *x !!str ~ 1 .nan 0x %TAG # | > = \ud800 2020-01-01""".split()
words = st.lists(st.sampled_from([*WORDS, ": ", "- ", "? ", "---\n", "\n", "  ", "\r", "\t", "\ud7ff"])).map(
    "".join
)


@given(text=words | st.text(), ext=st.sampled_from(["yaml", "json", "toml"]))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str, ext: str) -> None:
    """There is no third way: strict JSON, or one error of ours that names the file."""
    path = written(tmp_path_factory.mktemp("any"), f"p.{ext}", text.encode("utf-8", "surrogatepass"))

    try:
        value = read_document(path)
    except ParameterError as refused:
        value = None if str(refused).startswith(str(path)) else refused  # type: ignore[assignment]  # not strict

    assert is_strict(value)


@given(data=st.binary(), ext=st.sampled_from(["yaml", "json", "toml"]))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, ext: str
) -> None:
    """Bytes that are no text at all are no exception."""
    path = written(tmp_path_factory.mktemp("bytes"), f"p.{ext}", data)

    try:
        value = read_document(path)
    except ParameterError:
        value = None

    assert is_strict(value)


@given(text=words)
@settings(max_examples=200, deadline=None)
def test_readers_agree_where_ours_accepts(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Strictness only refuses: what is read equals what the formats' own readers make of it."""
    folder = tmp_path_factory.mktemp("agree")
    try:
        ours = read_document(written(folder, "p.toml", text))
    except ParameterError:
        return

    assert tomllib.loads(text) == ours
