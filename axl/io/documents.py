"""Files that people write by hand, in YAML, JSON or TOML, read as strict JSON.

Whatever the format, what comes out is plain JSON: text, numbers, booleans, null, lists, and objects
whose keys are text. What a format adds to that, or lets pass in silence, is refused with its line:
keys given twice, anchors and aliases, tags, several documents, dates, NaN.

YAML is read by the core rules of YAML 1.2, so `no`, `1:30`, `1_000` and `2020-01-01` are text, `012` is
twelve and `0o17` fifteen. A YAML or TOML file that holds nothing but comments reads as `{}`; an empty
JSON file is not JSON.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import stat
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from axl.errors import Loc, ParameterError, UsageError
from axl.io.assignment import show
from axl.io.strict_json import (
    JSON,
    MAX_DEPTH,
    RefusedError,
    check_scalar,
    checked,
    given_twice,
    read_json,
    too_deep,
    too_long,
    whole,
)

MEGABYTE = 1_000_000

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_TAG_LINE = re.compile("^%TAG", re.MULTILINE)
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, None | bool] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TOML_PLACE = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)
_TOML_PATH = re.compile(
    r"""(?<![\w.-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){%d}""" % MAX_DEPTH  # noqa: UP031 (braces)
)


def read_document(path: str | Path) -> JSON:
    """Read one YAML, JSON or TOML file; its extension says which.

    Raises `UsageError` for a file that is not there or is no such file, and `ParameterError`, with
    the line where it is known, for contents that are not strict JSON. Files are read up to 10 MB,
    TOML, whose reader is slow, up to 1 MB.
    """
    file = show(os.fspath(path))
    found = _READERS.get(Path(path).suffix.lower())
    read, limit = found or (read_json, 0)
    data = _read_bytes(path, file, limit)
    if found is None:
        raise UsageError(f"cannot tell the format of {file}", hint="name it .yaml, .yml, .json or .toml")
    if len(data) > limit:
        raise ParameterError(
            f"{file} is larger than {limit // MEGABYTE} MB",
            hint="pass large data as the name of a file that a step reads",
        )
    try:
        return read(_decode(data))
    except RefusedError as wrong:
        where = Loc(file, wrong.line) if wrong.line else None
        what = wrong.what if where else f"{file}: {wrong.what}"
        raise ParameterError(what, where=where, hint=wrong.hint) from None


def _read_bytes(path: str | Path, file: str, limit: int) -> bytes:
    """Read one byte more than the limit at most; never wait for a pipe or a device."""
    try:
        mode = Path(path).stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
            raise UsageError(f"{file} is {kind}", hint="name a YAML, JSON or TOML file")
        with open(path, "rb", opener=_open_at_once) as stream:
            return stream.read(limit + 1)
    except (OSError, ValueError) as error:
        raise UsageError(_why_unreadable(path, file, error)) from error


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting: a pipe may have taken the file's place since it was looked at."""
    return os.open(path, flags if sys.platform == "win32" else flags | os.O_NONBLOCK)


def _why_unreadable(path: str | Path, file: str, error: OSError | ValueError) -> str:
    match error:
        case FileNotFoundError() if Path(path).is_symlink():
            return f"{file} is a symbolic link to a file that is not there"
        case FileNotFoundError():
            return f"there is no file {file}"
        case OSError():
            return f"cannot read {file}: {(error.strerror or str(error)).lower()}"
        case ValueError():
            return f"{file} cannot be the name of a file"


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError("the file is UTF-16, not UTF-8", hint="save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RefusedError("the file is not UTF-8", line=line, hint="save it as UTF-8") from None
    if found := _CONTROL.search(text):
        line = _line_at(text, found.start())
        what = f"the file holds the control character U+{ord(found[0]):04X}"
        raise RefusedError(what, line=line, hint="save it as UTF-8 text")
    return text


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


@dataclass(frozen=True, slots=True)
class _Open:
    """A list or an object that is being filled; `key` holds the key that waits for its value."""

    value: list[JSON] | dict[str, JSON]
    key: list[str]


def _read_yaml(text: str) -> JSON:
    """Build the value from the parser's events: no tag is resolved and nothing recurses."""
    if found := _TAG_LINE.search(text):
        raise RefusedError("YAML tags are not read", line=_line_at(text, found.start()))
    try:
        value = _build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error) from None
    except yaml.YAMLError as error:
        raise RefusedError(f"not YAML: {' '.join(str(error).split())}") from None
    return {} if value is None else value


def _not_yaml(error: yaml.MarkedYAMLError) -> RefusedError:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return RefusedError(f"not YAML: {error.problem}")
    return RefusedError(f"not YAML: {error.problem}, column {mark.column + 1}", line=mark.line + 1)


def _build(events: Iterable[yaml.Event]) -> JSON:
    documents: list[JSON] = []
    stack = [_Open(documents, [])]
    for event in events:
        try:
            _take(event, stack, documents)
        except RefusedError as wrong:
            line = event.start_mark.line + 1 if event.start_mark else None
            raise RefusedError(wrong.what, line=line, hint=wrong.hint) from None
    return documents[0] if documents else None


def _take(event: yaml.Event, stack: list[_Open], documents: list[JSON]) -> None:
    if isinstance(event, yaml.ScalarEvent):
        _put(stack[-1], _scalar(event), event)
    elif isinstance(event, yaml.CollectionStartEvent):
        _refuse_marks(event)
        opened = _Open([] if isinstance(event, yaml.SequenceStartEvent) else {}, [])
        _put(stack[-1], opened.value, event)
        stack.append(opened)
        if len(stack) > MAX_DEPTH + 1:
            raise too_deep()
    elif isinstance(event, yaml.CollectionEndEvent):
        stack.pop()
    elif isinstance(event, yaml.AliasEvent):
        raise RefusedError("YAML aliases are not read", hint="write the value again where it is needed")
    elif isinstance(event, yaml.DocumentStartEvent) and documents:
        raise RefusedError("the file holds more than one YAML document", hint="keep one of them")


def _put(into: _Open, value: JSON, event: yaml.NodeEvent) -> None:
    if isinstance(into.value, list):
        into.value.append(value)
    elif into.key:
        into.value[into.key.pop()] = value
    elif not isinstance(value, str):
        if isinstance(event, yaml.ScalarEvent):
            raise RefusedError(f"the key {event.value or 'null'} is not text", hint="quote it")
        raise RefusedError("a key is a list or an object, not text")
    elif value in into.value:
        raise given_twice(value)
    else:
        into.key.append(value)


def _refuse_marks(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
    if event.anchor is not None:
        raise RefusedError(
            f"the YAML anchor &{event.anchor} is not read", hint="write values where they are needed"
        )
    if event.tag is not None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        raise RefusedError(
            f"the YAML tag {tag} is not read", hint="leave it out; quote a value to make it text"
        )


def _scalar(event: yaml.ScalarEvent) -> JSON:
    _refuse_marks(event)
    if not event.implicit[0]:
        return event.value
    value = _resolved(event.value)
    check_scalar(value)
    return value


def _resolved(text: str) -> JSON:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789":
        return text
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else whole(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return float(text) if _FLOAT.fullmatch(text) else text


def _read_toml(text: str) -> JSON:
    if found := _TOML_PATH.search(text):
        raise RefusedError(too_deep().what, line=_line_at(text, found.start()))
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error)) from None
    except RecursionError:
        raise too_deep() from None
    except ValueError:  # the limit that Python itself sets on digits
        raise too_long() from None
    _refuse_dates(value)
    return checked(value)


def _not_toml(message: str) -> RefusedError:
    what = f"not TOML: {message[:1].lower()}{message[1:]}"
    if not (found := _TOML_PLACE.fullmatch(what)):
        return RefusedError(what)
    return RefusedError(f"{found[1]}, column {found[3]}", line=int(found[2]))


def _refuse_dates(table: Mapping[str, object]) -> None:
    rest: list[tuple[str, object]] = list(table.items())
    for name, value in rest:
        match value:
            case dt.date() | dt.time():
                raise RefusedError(f"{name} is a TOML date, which JSON has not", hint=f'quote it: "{value}"')
            case dict():
                rest.extend((f"{name}.{key}", item) for key, item in value.items())
            case list():
                rest.extend((f"{name}[{index}]", item) for index, item in enumerate(value))
            case _:
                pass


_READERS: dict[str, tuple[Callable[[str], JSON], int]] = {
    ".yaml": (_read_yaml, 10 * MEGABYTE),
    ".yml": (_read_yaml, 10 * MEGABYTE),
    ".json": (read_json, 10 * MEGABYTE),
    ".toml": (_read_toml, MEGABYTE),
}
