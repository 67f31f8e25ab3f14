"""Length-prefixed messages over a stream socket: one byte of kind, then the body."""

from __future__ import annotations

import socket
import struct

_HEAD = struct.Struct("!BQ")


def send(sock: socket.socket, kind: int, body: bytes) -> None:
    """Send one message; blocks until the kernel has taken it all."""
    head = _HEAD.pack(kind, len(body))
    if len(body) < 65536:
        sock.sendall(head + body)
        return
    sock.sendall(head)
    sock.sendall(body)


def receive(sock: socket.socket) -> tuple[int, bytearray] | None:
    """Return the next message, or `None` when the other side has closed."""
    head = _exactly(sock, _HEAD.size)
    if head is None:
        return None
    kind, size = _HEAD.unpack(head)
    body = _exactly(sock, size)
    return None if body is None else (kind, body)


def _exactly(sock: socket.socket, size: int) -> bytearray | None:
    out = bytearray(size)
    view, done = memoryview(out), 0
    while done < size:
        got = sock.recv_into(view[done:])
        if got == 0:
            return None
        done += got
    return out
