"""What a record needs to be whole: the stored bytes that it names. Nothing is loaded for the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from axl.errors import DamagedError
from axl.wire.address import instance_text, parse_index
from axl.wire.record import NodeRecord, decode_node, decode_run, decode_session, decode_session_end
from axl.wire.values import Ref, Value, refs_in

IR = "its program"
LOG = "its log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose record it is, as far as its key says: a run, and one of its step instances."""

    kind: str
    run: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a record names: stored bytes, each with what they are to it, and where its result is found."""

    refs: tuple[tuple[str, Ref], ...] = ()
    node: NodeRecord | None = None


def owner_of(key: str) -> Owner:
    """Return whose record has a key; `DamagedError` for a key that axl does not write."""
    kind, *rest = key.split("/")
    match kind, rest:
        case "run", [run]:
            return Owner(kind=kind, run=run)
        case "session", [run, number] | [run, number, "end"] if number.isdigit():
            return Owner(kind=kind, run=run)
        case "same", [_, run]:
            return Owner(kind=kind, run=run)
        case "node", [run, node, index]:
            return Owner(kind=kind, run=run, step=_instance(node, index, key))
        case "attempt", [run, node, index, number] if number.isdigit():
            return Owner(kind=kind, run=run, step=_instance(node, index, key))
        case "cache" | "code", [_]:
            return Owner(kind=kind)
        case _:
            raise DamagedError(f"the record {key!r} has no name that axl writes")


def needs_of(key: str, body: bytes) -> Needs:
    """Return what a record names; `DamagedError` when it cannot be read."""
    match key.partition("/")[0]:
        case "run":
            record = decode_run(body, key)
            return Needs(refs=((IR, Ref(record.ir, 0, "json")),))
        case "session" if key.endswith("/end"):
            result = decode_session_end(body, key).result
            return Needs(refs=tuple(_named("its result", result)) if result is not None else ())
        case "session":
            decode_session(body, key)
            return Needs()
        case "node" | "attempt" | "cache":
            node = decode_node(body, key)
            return Needs(refs=tuple(_refs(node)), node=node)
        case _:
            return Needs()


def _refs(node: NodeRecord) -> Iterator[tuple[str, Ref]]:
    for name, value in node.outputs:
        yield from _named(f"its output `{name}`", value)
    if node.log is not None:
        yield from _named(LOG, node.log)


def _named(name: str, value: Value) -> list[tuple[str, Ref]]:
    return [(name, ref) for ref in refs_in(value)]


def _instance(node: str, index: str, key: str) -> str:
    try:
        return instance_text(node, parse_index(index))
    except ValueError as error:
        raise DamagedError(f"the record {key!r} has no index that axl writes") from error
