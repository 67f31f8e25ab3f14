"""Puts a compression around any handler: its bytes stream through on their way to the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from axl.io.handler import Handler
from axl.io.store import ObjectWriter

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Compressor(Protocol):
    """One stream on its way in."""

    def compress(self, data: memoryview, /) -> bytes: ...

    def flush(self) -> bytes: ...


class Codec(Protocol):
    """A way to make bytes fewer and back."""

    name: str
    ext: str

    @property
    def library(self) -> str: ...

    def compressor(self) -> Compressor: ...

    def decompress(self, data: memoryview) -> bytearray:
        """Return the bytes that were compressed; `DamagedError` when these are not they."""
        ...


class Compressed:
    """A handler whose bytes are compressed, named `handler+codec`."""

    def __init__(self, inner: Handler, codec: Codec) -> None:
        self._inner = inner
        self._codec = codec
        self.name = f"{inner.name}+{codec.name}"
        self.ext = f"{inner.ext}.{codec.ext}"

    @property
    def library(self) -> str:
        return f"{self._inner.library}, {self._codec.library}"

    def dump(self, value: object, out: ObjectWriter, /) -> None:
        compressor = self._codec.compressor()
        self._inner.dump(value, _Squeeze(out, compressor))
        out.write(compressor.flush())

    def load(self, data: memoryview, hint: object, /) -> object:
        return self._inner.load(memoryview(self._codec.decompress(data)), hint)


class _Squeeze(ObjectWriter):
    """The stream that the inner handler sees."""

    def __init__(self, out: ObjectWriter, compressor: Compressor) -> None:
        super().__init__()
        self._out = out
        self._compressor = compressor
        self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data).cast("B")
        packed = self._compressor.compress(view)
        if packed:
            self._out.write(packed)
        self._size += view.nbytes
        return view.nbytes
