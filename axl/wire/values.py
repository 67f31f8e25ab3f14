"""Values as the engine sees them: where a value is and how to rebuild it, never the object itself.

    Value = Ref | Lit | Many | Failed

Each has one JSON form, used alike in task specs, outcomes and records.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NotRequired, TypeAlias, TypedDict, assert_never, cast

from axl.errors import InternalError
from axl.wire.failed import Failed

Shape = Literal["list", "tuple", "dict", "outputs"]
JSON: TypeAlias = "None | bool | int | float | str | list[JSON] | dict[str, JSON]"

quote = json.JSONEncoder(ensure_ascii=False).encode
"""Writes one text, or another plain value, as JSON."""


@lru_cache(maxsize=8192)
def quoted(text: str) -> str:
    """Return a text as JSON; for names that come again and again."""
    return quote(text)


@dataclass(frozen=True, slots=True)
class Ref:
    """Stored bytes: their blake3 digest, their length, and the handler that reads them.

    `library` is the version of the library that wrote them. `count` is the length of a list,
    `truth` the value of a bool: the two facts that steer maps and branches. Small bytes travel
    along in `data`; otherwise `at` may name the record that holds them inline, and where both
    are empty they are an object of the store under their digest. `code` names the classes and functions
    of the author (`module:name`) that the bytes need to become a value again.
    """

    digest: str
    size: int
    handler: str
    library: str = ""
    count: int | None = None
    truth: bool | None = None
    data: bytes | None = None
    at: str = ""
    code: tuple[str, ...] = ()

    @property
    def is_object(self) -> bool:
        """Whether the bytes are an object of the store, and not inside a record."""
        return self.data is None and not self.at


@dataclass(frozen=True, slots=True)
class Lit:
    """A JSON value; `maker` names the graph parameter whose type rebuilds it, if it needs one.

    A maker reads `module:Class/parameter`, with `/[]` for each level of list that was entered.
    """

    json: str
    maker: str = ""


@dataclass(frozen=True, slots=True)
class Many:
    """Several values in one: a list, tuple or dict, or the parts of a step's several outputs.

    For `shape="outputs"` the maker is `module:Class/step`, whose return type rebuilds the value.
    """

    shape: Shape
    items: tuple[Value, ...]
    keys: tuple[str, ...] = ()
    maker: str = ""


Value = Ref | Lit | Many | Failed


def objects_in(value: Value) -> list[tuple[str, int]]:
    """Return the digest and size of every object of the store that a value needs.

    >>> objects_in(Many("list", (Ref("ab12", 9000, "json"), Ref("cd34", 2, "json", data=b"12"))))
    [('ab12', 9000)]
    """
    return [(ref.digest, ref.size) for ref in refs_in(value) if ref.is_object]


def refs_in(value: Value) -> list[Ref]:
    """Return all stored bytes that a value is made of, in order."""
    if isinstance(value, Ref):
        return [value]
    stack, found = list[Value]([value]), list[Ref]()
    while stack:
        top = stack.pop()
        if isinstance(top, Ref):
            found.append(top)
        elif isinstance(top, Many):
            stack.extend(reversed(top.items))
    return found


def to_text(value: Value) -> str:
    """Return the JSON form of a value, as text.

    Text is built directly because every task passes here several times; `quoted` makes it safe.
    """
    match value:
        case Ref():
            return _ref_text(value)
        case Lit():
            maker = f',"maker":{quoted(value.maker)}' if value.maker else ""
            return f'{{"lit":{quote(value.json)}{maker}}}'
        case Many():
            keys = f',"keys":[{",".join(map(quote, value.keys))}]' if value.keys else ""
            maker = f',"maker":{quoted(value.maker)}' if value.maker else ""
            return f'{{"many":"{value.shape}","items":[{",".join(map(to_text, value.items))}]{keys}{maker}}}'
        case Failed():
            return f'{{"failed":{quote(value.step)},"error":{quote(value.error)},"message":{quote(value.message)}}}'
        case _:
            assert_never(value)


def to_json(value: Value) -> JSON:
    """Return the JSON form of a value."""
    return cast("JSON", json.loads(to_text(value)))


def outputs_text(outputs: tuple[tuple[str, Value], ...]) -> str:
    """Return named values as a JSON object, as text."""
    return "{" + ",".join([f"{quoted(name)}:{to_text(value)}" for name, value in outputs]) + "}"


def _ref_text(ref: Ref) -> str:
    parts = f'{{"ref":"{ref.digest}","size":{ref.size},"handler":{quoted(ref.handler)}'
    if ref.library:
        parts += f',"library":{quoted(ref.library)}'
    if ref.count is not None:
        parts += f',"count":{ref.count}'
    if ref.truth is not None:
        parts += ',"truth":true' if ref.truth else ',"truth":false'
    if ref.data is not None:
        parts += f',"data":"{b64encode(ref.data).decode("ascii")}"'
    if ref.at:
        parts += f',"at":{quote(ref.at)}'
    if ref.code:
        parts += f',"code":[{",".join(map(quoted, ref.code))}]'
    return parts + "}"


def from_json(data: JSON) -> Value:
    """Return the value of a JSON form; `InternalError` when it is not one."""
    if not isinstance(data, dict):
        raise InternalError(f"not a value: {str(data)[:200]}")
    try:
        if "ref" in data:
            return _read_ref(cast("_RefForm", data))
        if "lit" in data:
            literal = cast("_LitForm", data)
            return Lit(literal["lit"], literal.get("maker", ""))
        if "many" in data:
            return _read_many(cast("_ManyForm", data))
        failed = cast("_FailedForm", data)
        return Failed(failed["failed"], failed["error"], failed["message"])
    except (KeyError, TypeError, ValueError) as error:
        raise InternalError(f"not a value: {str(data)[:200]}") from error


def _read_ref(form: _RefForm) -> Ref:
    packed = form.get("data")
    return Ref(
        form["ref"],
        form["size"],
        form["handler"],
        form.get("library", ""),
        form.get("count"),
        form.get("truth"),
        b64decode(packed) if packed is not None else None,
        form.get("at", ""),
        tuple(form.get("code", ())),
    )


def _read_many(form: _ManyForm) -> Many:
    items = tuple([from_json(item) for item in form["items"]])
    return Many(form["many"], items, tuple(form.get("keys", ())), form.get("maker", ""))


class _RefForm(TypedDict):
    ref: str
    size: int
    handler: str
    library: NotRequired[str]
    count: NotRequired[int]
    truth: NotRequired[bool]
    data: NotRequired[str]
    at: NotRequired[str]
    code: NotRequired[list[str]]


class _LitForm(TypedDict):
    lit: str
    maker: NotRequired[str]


class _ManyForm(TypedDict):
    many: Shape
    items: list[JSON]
    keys: NotRequired[list[str]]
    maker: NotRequired[str]


class _FailedForm(TypedDict):
    failed: str
    error: str
    message: str
