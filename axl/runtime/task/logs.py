"""What a step printed: whole lines for whoever watches, a bounded copy for the record."""

from __future__ import annotations

import codecs
from collections import deque

HEAD_BYTES = 4 << 20
TAIL_BYTES = 1 << 20
MAX_LINE = 64 << 10


class LogBuffer:
    """Keeps the first 4 MiB and the last 1 MiB of a stream, whatever its length."""

    def __init__(self) -> None:
        self._head: list[bytes] = []
        self._head_size = 0
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._dropped = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._line = ""

    def feed(self, data: bytes) -> str:
        """Take what was printed; return the lines that are complete now."""
        self._keep(data)
        text = self._line + self._decoder.decode(data)
        lines, newline, rest = text.rpartition("\n")
        if len(rest) > MAX_LINE:
            self._line = ""
            return text
        self._line = rest
        return lines + newline

    def end(self) -> str:
        """Return the last line, if it was not complete."""
        rest, self._line = self._line + self._decoder.decode(b"", final=True), ""
        return rest

    def content(self) -> bytes:
        """Return what is kept, with a line that says how much is not."""
        gap = [b"\n... %d bytes dropped ...\n" % self._dropped] if self._dropped else []
        return b"".join([*self._head, *gap, *self._tail])

    def _keep(self, data: bytes) -> None:
        room = HEAD_BYTES - self._head_size
        if room > 0:
            self._head.append(data[:room])
            self._head_size += len(self._head[-1])
            data = data[room:]
        if not data:
            return
        self._tail.append(data)
        self._tail_size += len(data)
        while self._tail_size - len(self._tail[0]) >= TAIL_BYTES:
            gone = self._tail.popleft()
            self._tail_size -= len(gone)
            self._dropped += len(gone)
