"""The gzip compression, without a time or a file name, so that equal values give equal bytes."""

from __future__ import annotations

import zlib

from axl.errors import DamagedError
from axl.io.handlers.compressed import Compressor

_LEVEL = 6
_GZIP_FORMAT = 16 + zlib.MAX_WBITS
_CHUNK = 1 << 20


class GzipCodec:
    """Streams through zlib; the header that zlib writes has no time and no name."""

    name = "gzip"
    ext = "gz"

    @property
    def library(self) -> str:
        return f"zlib {zlib.ZLIB_RUNTIME_VERSION}"

    def compressor(self) -> Compressor:
        return zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_FORMAT)

    def decompress(self, data: memoryview) -> bytearray:
        out = bytearray()
        stream = zlib.decompressobj(_GZIP_FORMAT)
        try:
            for start in range(0, len(data), _CHUNK):
                out += stream.decompress(data[start : start + _CHUNK])
        except zlib.error as error:
            raise DamagedError(f"a compressed value cannot be read: {error}") from error
        if not stream.eof:
            raise DamagedError("a compressed value ends too early")
        return out


CODEC = GzipCodec()
