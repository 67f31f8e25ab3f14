"""Files and assignments are read as strict JSON, and every trap of a format is refused by name."""

from __future__ import annotations

import json
import math
import os
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from axl.errors import ParameterError, UsageError
from axl.io.assignment import Given, parse_assignment
from axl.io.documents import read_document


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file of a test and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


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


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is a mistake on the command line, not in the parameters."""
    with pytest.raises(UsageError, match="there is no file"):
        read_document(tmp_path / "none.yaml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A directory is named as such, whatever it is called."""
    (tmp_path / "p.yaml").mkdir()

    with pytest.raises(UsageError, match="is a directory"):
        read_document(tmp_path / "p.yaml")


def test_a_dangling_link_is_named_as_such(tmp_path: Path) -> None:
    """A link to nothing is not said to be missing itself."""
    (tmp_path / "p.yaml").symlink_to(tmp_path / "none")

    with pytest.raises(UsageError, match="symbolic link"):
        read_document(tmp_path / "p.yaml")


def test_a_link_to_itself_is_an_error(tmp_path: Path) -> None:
    """A loop of links is the system's error in our words."""
    (tmp_path / "p.yaml").symlink_to(tmp_path / "p.yaml")

    with pytest.raises(UsageError, match="cannot read"):
        read_document(tmp_path / "p.yaml")


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    """A link is as good as its file."""
    (tmp_path / "p.yaml").symlink_to(written(tmp_path, "real", "a: 1"))

    assert {"a": 1} == read_document(str(tmp_path / "p.yaml"))


@pytest.mark.skipif(sys.platform == "win32", reason="no FIFO there")
def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    """A FIFO without a writer would block for ever."""
    os.mkfifo(tmp_path / "p.yaml")

    with pytest.raises(UsageError, match="not a regular file"):
        read_document(tmp_path / "p.yaml")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices there")
def test_a_device_is_never_read(tmp_path: Path) -> None:
    """A device has no end."""
    (tmp_path / "p.json").symlink_to("/dev/zero")

    with pytest.raises(UsageError, match="not a regular file"):
        read_document(tmp_path / "p.json")


def test_an_unreadable_file_says_why(tmp_path: Path) -> None:
    """The system's reason is passed on; a link to itself cannot be read by anybody, root included."""
    (tmp_path / "p.yaml").symlink_to("p.yaml")

    with pytest.raises(UsageError, match="too many levels of symbolic links"):
        read_document(tmp_path / "p.yaml")


@pytest.mark.parametrize("name", ["p.txt", "p", "p.yaml.bak"])
def test_an_unknown_extension_is_refused(tmp_path: Path, name: str) -> None:
    """The format is never guessed."""
    with pytest.raises(UsageError, match="cannot tell the format"):
        read_document(written(tmp_path, name, "a: 1"))


@pytest.mark.parametrize("name", ["a\0b.yaml", "x" * 300 + ".yaml", "\udcff.yaml", "no\nsuch.yaml"])
def test_odd_names_give_one_printable_line(name: str) -> None:
    """A name that no file can have is an error that every terminal can print."""
    with pytest.raises(UsageError) as caught:
        read_document(name)

    assert caught.value.what.encode().decode().isprintable()


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


def _is_strict(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and _is_strict(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_strict(item) for item in value)
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

    assert _is_strict(value)


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

    assert _is_strict(value)


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
    import subprocess  # noqa: PLC0415 (one test needs a fresh interpreter)

    code = "import sys, axl.io.assignment; print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_the_fast_parser_is_there() -> None:
    """The figures hold with libyaml; without it the same code runs on the parser in Python."""
    assert yaml.__with_libyaml__
