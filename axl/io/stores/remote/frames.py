"""How names and bodies are written in an object store: names that every store takes, bodies with a seal.

A record's key may be any text, a path in an object store may not. Every character that could be refused
is written as `=` and two hexadecimal digits for each of its bytes; a lone `=` is an empty part. A key
that would be too long keeps its beginning and ends in `=~` and its digest; the key itself is in the body.

A body is sealed with its key and a number that its writer drew. So whoever asks whether a write that
went wrong has happened after all can tell his own body from the same body of another.
"""

from __future__ import annotations

import re
import secrets
import struct
from dataclasses import dataclass

from blake3 import blake3

from axl.errors import DamagedError, UsageError

_MAGIC = b"axl\x01"
_HEAD = struct.Struct(">4s8s16sI")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]*[A-Za-z0-9_-]")
_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.")
_LONG = 600
_LONG_MARK = "=~"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a sealed body holds."""

    key: str
    body: bytes


def seal(key: str, body: bytes) -> bytes:
    """Return a body with its key and a new number, sealed."""
    name, nonce = key.encode(), secrets.token_bytes(8)
    return _HEAD.pack(_MAGIC, nonce, _digest(nonce, name, body), len(name)) + name + body


def unseal(data: bytes, path: str) -> Frame:
    """Return what `seal` put together; raises `DamagedError` for anything else."""
    if len(data) >= _HEAD.size:
        magic, nonce, digest, size = _HEAD.unpack_from(data)
        name, body = data[_HEAD.size : _HEAD.size + size], data[_HEAD.size + size :]
        if magic == _MAGIC and len(name) == size and _digest(nonce, name, body) == digest:
            return Frame(name.decode(), body)
    raise DamagedError(
        f"the stored record {path} is damaged",
        hint="run `axl verify`; with --repair it removes what is damaged",
    )


def record_path(key: str) -> str:
    """Return where the record of a key is; raises `UsageError` for half of a surrogate pair."""
    return "records/" + encode(key)


def record_folder(prefix: str) -> str:
    """Return a folder that holds every record whose key starts with a prefix."""
    folder, _, _ = ("records/" + _encode(prefix)[:_LONG]).rpartition("/")
    return folder


def key_at(path: str) -> str | None:
    """Return the key of a record by its path; `None` when only its body can tell."""
    name = path.removeprefix("records/")
    if _LONG_MARK in name:
        return None
    parts = name.split("/")
    return "/".join("" if part == "=" else _decode(part) for part in parts)


def encode(name: str) -> str:
    """Return a path for any text."""
    text = _encode(name)
    if len(text) <= _LONG:
        return text
    start = re.sub(r"[/.]*(=[0-9A-F]?)?$", "", text[:_LONG])
    return start + _LONG_MARK + blake3(name.encode()).hexdigest()


def part_of(name: str) -> str:
    """Return one part of a path for any text at all."""
    text = _escape(name.encode("utf-8", "surrogatepass"))
    return text if len(text) <= _LONG // 2 else blake3(text.encode()).hexdigest()


def _encode(name: str) -> str:
    try:
        return "/".join(
            part if _PLAIN.fullmatch(part) else _escape(part.encode()) for part in name.split("/")
        )
    except UnicodeEncodeError as error:
        raise UsageError(f"the name of a record must be valid Unicode: {name[:100]!a}") from error


def _escape(part: bytes) -> str:
    last = len(part) - 1
    text = "".join(
        chr(byte) if byte in _SAFE and not (byte == ord(".") and place == last) else f"={byte:02X}"
        for place, byte in enumerate(part)
    )
    return "=2E=2E" if text == ".=2E" else text or "="


def _decode(part: str) -> str:
    return re.sub(rb"=([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), part.encode()).decode()


def _digest(nonce: bytes, name: bytes, body: bytes) -> bytes:
    return blake3(b"%b%d:%b%b" % (nonce, len(name), name, body)).digest(length=16)
