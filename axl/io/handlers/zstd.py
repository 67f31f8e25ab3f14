"""The zstd compression."""

from __future__ import annotations

import zstandard

from axl.errors import DamagedError
from axl.io.handlers.compressed import Compressor

_LEVEL = 3
_CHUNK = 1 << 20


class ZstdCodec:
    """Streams one frame through the library `zstandard`."""

    name = "zstd"
    ext = "zst"

    @property
    def library(self) -> str:
        return f"zstandard {zstandard.__version__}"

    def compressor(self) -> Compressor:
        return zstandard.ZstdCompressor(_LEVEL).compressobj()

    def decompress(self, data: memoryview) -> bytearray:
        out = bytearray()
        stream = zstandard.ZstdDecompressor().decompressobj()
        try:
            for start in range(0, len(data), _CHUNK):
                out += stream.decompress(data[start : start + _CHUNK])
        except zstandard.ZstdError as error:
            raise DamagedError(f"a compressed value cannot be read: {error}") from error
        if not stream.eof:
            raise DamagedError("a compressed value ends too early")
        return out


CODEC = ZstdCodec()
