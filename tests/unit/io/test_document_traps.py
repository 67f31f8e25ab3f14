"""Every trap of a format is refused by name, with the file and the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from axl.errors import ParameterError
from axl.io.documents import read_document
from tests.unit.io.written_files import written

REFUSED: list[tuple[str, str | bytes, int | None, str]] = [
    # JSON
    ("p.json", "", 1, "expecting value"),
    ("p.json", "{a: 1}", 1, "property name"),
    ("p.json", '{"a": 1,}', 1, "not JSON"),
    ("p.json", '{"a": 1} x', 1, "extra data"),
    ("p.json", '{"a": 1,\n "a": 2}', 2, "the key 'a' is given twice"),
    ("p.json", '[{"a": "a", "b":\n {"c": 1,\n "c": 2}}]', 3, "the key 'c' is given twice"),
    ("p.json", "[1,\n NaN]", 2, "not finite"),
    ("p.json", "-Infinity", 1, "not finite"),
    ("p.json", "[\n1e999]", 2, "not finite"),
    ("p.json", '[\n"\\ud800"]', 2, "surrogate"),
    ("p.json", '{"\\udc00": 1}', 1, "surrogate"),
    ("p.json", "[" * 100_000, 1, "more than 100 deep"),
    ("p.json", '{"a":' * 100_000, 1, "more than 100 deep"),
    ("p.json", "[" * 101 + "]" * 101, 1, "more than 100 deep"),
    ("p.json", "\n" + "1" * 5000, 2, "more than 4300 digits"),
    ("p.json", "-" + "1" * 4301, 1, "more than 4300 digits"),
    ("p.json", '"\x00"', 1, "control character U+0000"),
    ("p.json", '{"a": 1}'.encode("utf-16"), None, "UTF-16"),
    ("p.json", b'{"a":\n"\xff"}', 2, "not UTF-8"),
    ("p.json", b'"\xed\xa0\x80"', 1, "not UTF-8"),
    ("p.json", b"1" + b" " * 10_000_000, None, "larger than 10 MB"),
    # YAML
    ("p.yaml", "a: 1\nb: 2\na: 3\n", 3, "the key 'a' is given twice"),
    ("p.yaml", "a: {x: 1, 'x': 2}", 1, "the key 'x' is given twice"),
    ("p.yaml", "a: &x [1]\nb: 2\n", 1, "anchor &x"),
    ("p.yaml", "a: 1\nb: *x\n", 2, "aliases"),
    ("p.yaml", "a: !!python/object/apply:os.system [x]", 1, "tag !!python/object/apply:os.system"),
    ("p.yaml", "a: !mine 1", 1, "tag !mine"),
    ("p.yaml", "a: !!str 1", 1, "tag !!str"),
    ("p.yaml", "!!map {a: 1}", 1, "tag !!map"),
    ("p.yaml", "%TAG !a! tag:x,2000:\n---\na: 1", 1, "tags"),
    ("p.yaml", "a: 1\n---\nb: 2\n", 2, "more than one YAML document"),
    ("p.yaml", "--- 1\n--- 2\n", 2, "more than one YAML document"),
    ("p.yaml", "a: 1\n1: 2\n", 2, "the key 1 is not text"),
    ("p.yaml", "true: 2", 1, "the key true is not text"),
    ("p.yaml", "? \n: 2", 1, "the key null is not text"),
    ("p.yaml", "? [a]\n: 2", 1, "not text"),
    ("p.yaml", "[" * 100_000, 1, "more than 100 deep"),
    ("p.yaml", "{a: " * 100_000, 1, "more than 100 deep"),
    ("p.yaml", "- " * 100_000, 1, "more than 100 deep"),
    ("p.yaml", "a: .nan", 1, "not finite"),
    ("p.yaml", "a: 1\nb: -.INF", 2, "not finite"),
    ("p.yaml", "a: 1e999", 1, "not finite"),
    ("p.yaml", "a: " + "1" * 5000, 1, "more than 4300 digits"),
    ("p.yaml", "a: 0x" + "f" * 5000, 1, "more than 4300 digits"),
    ("p.yaml", 'a: "\\ud800"', 1, "not YAML"),
    ("p.yaml", "a: [1\nb: }", 2, "not YAML"),
    ("p.yaml", "a: 1\n\tb: 2", 2, "not YAML"),
    ("p.yaml", "a: 'open", 1, "not YAML"),
    ("p.yaml", "a: 1\x07", 1, "control character U+0007"),
    ("p.yaml", "a: 1\nb: \x00", 2, "control character U+0000"),
    ("p.yaml", "a: 1".encode("utf-16-be"), 1, "control character"),
    ("p.yaml", b"a: 1\nb: \xe9", 2, "not UTF-8"),
    # TOML
    ("p.toml", "a = 1\na = 2\n", 2, "cannot overwrite"),
    ("p.toml", "[a]\n[a]\n", 2, "cannot declare"),
    ("p.toml", "a = \n", 1, "not TOML"),
    ("p.toml", "a = 2020-01-01", None, "a is a TOML date"),
    ("p.toml", "[a]\nb = [{c = 10:00:00}]", None, "a.b[0].c is a TOML date"),
    ("p.toml", "a = 2020-01-01T00:00:00Z", None, "date"),
    ("p.toml", "a = nan", None, "not finite"),
    ("p.toml", "a = -inf", None, "not finite"),
    ("p.toml", "a = 1e999", None, "not finite"),
    ("p.toml", "a = " + "1" * 5000, None, "more than 4300 digits"),
    ("p.toml", "a = 0x" + "f" * 5000, None, "more than 4300 digits"),
    ("p.toml", "a = " + "[" * 100_000, None, "deep"),
    ("p.toml", "a." * 400_000 + "a = 1", 1, "more than 100 deep"),
    ("p.toml", "x = 1\n[" + "a . " * 20_000 + "a]", 2, "more than 100 deep"),
    ("p.toml", "x = {" + "'a'." * 200 + "a = 1}", 1, "more than 100 deep"),
    ("p.toml", b"#" * 1_000_001, None, "larger than 1 MB"),
]


@pytest.mark.parametrize(("name", "content", "line", "words"), REFUSED, ids=lambda case: str(case)[:30])
def test_traps_are_refused(
    tmp_path: Path, name: str, content: str | bytes, line: int | None, words: str
) -> None:
    """What a format's reader would let pass, or die of, is one error with the file and the line."""
    path = written(tmp_path, name, content)

    with pytest.raises(ParameterError) as caught:
        read_document(path)

    assert words in caught.value.what
    assert line == (caught.value.where.line if caught.value.where else None)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in caught.value.what


def test_an_alias_bomb_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    """A few hundred bytes that stand for gigabytes never unfold."""
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30)
    )

    with pytest.raises(ParameterError, match=r"p\.yaml:1: the YAML anchor &a0"):
        read_document(written(tmp_path, "p.yaml", bomb))
