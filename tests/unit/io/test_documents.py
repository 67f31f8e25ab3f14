"""Plain data in JSON, YAML and TOML is read as strict JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from axl.io.documents import read_document
from tests.unit.io.written_files import written

READ: list[tuple[str, str | bytes, object]] = [
    ("p.json", '{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
    ("p.json", '\ufeff{"a":\r\n1}\r\n', {"a": 1}),
    ("p.JSON", "[]", []),
    ("p.json", '"\\ud83d\\ude00"', "\U0001f600"),
    ("p.json", "[" * 100 + "1" + "]" * 100, json.loads("[" * 100 + "1" + "]" * 100)),
    ("p.json", "9" * 4300, int("9" * 4300)),
    ("p.json", '{"": 1}', {"": 1}),
    ("p.yaml", "", {}),
    ("p.yaml", "# nothing yet\n", {}),
    ("p.yaml", "---\n", {}),
    ("p.yml", "a: 1\nb: [x, y]\n", {"a": 1, "b": ["x", "y"]}),
    ("p.yaml", "\ufeffa: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    ("p.yaml", "a: |\n  two\n  lines\n", {"a": "two\nlines\n"}),
    ("p.yaml", "'1': quoted\n", {"1": "quoted"}),
    ("p.yaml", "no: 1\non: 2\nyes: 3\n<<: 4\n", {"no": 1, "on": 2, "yes": 3, "<<": 4}),
    ("p.yaml", "%YAML 1.1\n---\na: no\n", {"a": "no"}),
    ("p.yaml", "{a: {b: c}}", {"a": {"b": "c"}}),
    ("p.toml", "", {}),
    ("p.toml", 'a = [1, 2.5, true, "x"]\n[b]\nc = 1\n', {"a": [1, 2.5, True, "x"], "b": {"c": 1}}),
    ("p.toml", "\ufeffa = 0o17\r\n", {"a": 15}),
]


@pytest.mark.parametrize(("name", "content", "expected"), READ)
def test_plain_documents_are_read(tmp_path: Path, name: str, content: str | bytes, expected: object) -> None:
    """Whatever the format, plain data comes out as plain JSON."""
    assert expected == read_document(written(tmp_path, name, content))


SCALARS: list[tuple[str, object]] = [
    ("no", "no"),
    ("Yes", "Yes"),
    ("on", "on"),
    ("y", "y"),
    ("true", True),
    ("False", False),
    ("tRUE", "tRUE"),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("nULL", "nULL"),
    ("", None),
    ("012", 12),
    ("+7", 7),
    ("-0", 0),
    ("0o17", 15),
    ("0x1F", 31),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("1:30", "1:30"),
    ("2020-01-01", "2020-01-01"),
    ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
    ("1e3", 1000.0),
    ("1.", 1.0),
    (".5", 0.5),
    ("-.5e-3", -0.0005),
    ("1.2.3", "1.2.3"),
    ("e3", "e3"),
    ("-", "-"),
    ("=", "="),
    ("'012'", "012"),
    ('"null"', "null"),
    ("nan", "nan"),
    ("inf", "inf"),
]


@pytest.mark.parametrize(("text", "expected"), SCALARS)
def test_yaml_scalars_follow_the_core_rules(tmp_path: Path, text: str, expected: object) -> None:
    """Plain words mean what YAML 1.2 says, not what YAML 1.1 did."""
    value = read_document(
        written(tmp_path, "p.yaml", f"a: [{text}]" if text not in ("", "-") else f"a:\n- {text}")
    )

    assert isinstance(value, dict)
    assert [expected] == value["a"] or (text == "-" and value["a"] == [[None]])
    assert type(expected) is type(value["a"][0]) or text == "-"  # type: ignore[index]  # a list, as just seen


def test_the_fast_parser_is_there() -> None:
    """The figures hold with libyaml; without it the same code runs on the parser in Python."""
    assert yaml.__with_libyaml__
