"""Stores bytes as they are."""

from __future__ import annotations

from axl.io.handlers.refusal import kind, refusal
from axl.io.store import ObjectWriter


class BytesHandler:
    """Exactly `bytes`: a file of raw bytes cannot say that they were a `bytearray`."""

    name = "bytes"
    ext = "bin"

    @property
    def library(self) -> str:
        return "bytes 1"

    def dump(self, value: object, out: ObjectWriter, /) -> None:
        if type(value) is not bytes:
            raise refusal("bytes", f"a value of type {kind(value)}, only bytes", hint="return bytes(value)")
        out.write(value)

    def load(self, data: memoryview, hint: object, /) -> bytes:
        del hint
        return bytes(data)


HANDLER = BytesHandler()
