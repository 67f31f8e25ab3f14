"""Values as the engine sees them: where a value is and how to rebuild it, never the object itself.

    Value = Ref | Lit | Many | Failed

Each has one JSON form, used alike in task specs, outcomes and records.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never, cast

from axl.errors import InternalError

JSON: TypeAlias = "None | bool | int | float | str | list[JSON] | dict[str, JSON]"


@dataclass(frozen=True, slots=True)
class Ref:
    """Stored bytes: their blake3 digest, their length, and the handler that reads them.

    `library` is the version of the library that wrote them. `count` is the length of a list,
    `truth` the value of a bool: the two facts that steer maps and branches. Small bytes travel
    along in `data`; otherwise `at` may name the record that holds them inline, and where both
    are empty they are an object of the store under their digest.
    """

    digest: str
    size: int
    handler: str
    library: str = ""
    count: int | None = None
    truth: bool | None = None
    data: bytes | None = None
    at: str = ""


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

    shape: Literal["list", "tuple", "dict", "outputs"]
    items: tuple[Value, ...]
    keys: tuple[str, ...] = ()
    maker: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """What stands for the result of a step that failed under `on_failure="continue"`.

    It is false in a condition, so a consumer can drop failed items with a plain `if`.
    """

    step: str
    error: str
    message: str

    def __bool__(self) -> bool:
        return False


Value = Ref | Lit | Many | Failed


def to_json(value: Value) -> JSON:
    """Return the JSON form of a value."""
    match value:
        case Ref():
            out: dict[str, JSON] = {"ref": value.digest, "size": value.size, "handler": value.handler}
            if value.library:
                out["library"] = value.library
            if value.count is not None:
                out["count"] = value.count
            if value.truth is not None:
                out["truth"] = value.truth
            if value.data is not None:
                out["data"] = b64encode(value.data).decode("ascii")
            if value.at:
                out["at"] = value.at
            return out
        case Lit():
            return {"lit": value.json, "maker": value.maker} if value.maker else {"lit": value.json}
        case Many():
            many: dict[str, JSON] = {"many": value.shape, "items": [to_json(item) for item in value.items]}
            if value.keys:
                many["keys"] = list(value.keys)
            if value.maker:
                many["maker"] = value.maker
            return many
        case Failed():
            return {"failed": value.step, "error": value.error, "message": value.message}
        case _:
            assert_never(value)


def from_json(data: JSON) -> Value:
    """Return the value of a JSON form; `InternalError` when it is not one."""
    match data:
        case {"ref": str(digest), "size": int(size), "handler": str(handler), **rest}:
            packed = rest.get("data")
            return Ref(
                digest,
                size,
                handler,
                cast("str", rest.get("library", "")),
                cast("int | None", rest.get("count")),
                cast("bool | None", rest.get("truth")),
                b64decode(packed) if isinstance(packed, str) else None,
                cast("str", rest.get("at", "")),
            )
        case {"lit": str(text), **rest}:
            return Lit(text, cast("str", rest.get("maker", "")))
        case {"many": ("list" | "tuple" | "dict" | "outputs") as shape, "items": list(items), **rest}:
            return Many(
                shape,
                tuple(from_json(item) for item in items),
                tuple(cast("list[str]", rest.get("keys", []))),
                cast("str", rest.get("maker", "")),
            )
        case {"failed": str(step), "error": str(error), "message": str(message)}:
            return Failed(step, error, message)
        case _:
            raise InternalError(f"not a value: {str(data)[:200]}")
