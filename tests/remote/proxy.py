"""A server between client and object store that spoils a part of all requests, as networks and stores do.

Each spoiled request gets one of `FAULTS`, drawn by a seeded generator:

    503, 500     an answer of that kind, and the store never hears of the request
    reset        the connection is cut before the request reaches the store
    lost         the store does what it is asked, and the connection is cut instead of the answer
    stall        the store does what it is asked, and the answer never comes
    short        the answer ends in the middle
    flip         one bit of an object's bytes is turned over on the way

Only bytes of objects and records are flipped: nothing seals a listing or an error but the connection.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.remote.servers import Server

FAULTS = ("503", "500", "reset", "lost", "stall", "short", "flip")
_STALL = 30.0


@dataclass(slots=True)
class Proxy:
    """Where it listens, what it spoils, how often it did, and which headers of requests it names otherwise."""

    target: str
    rate: float
    seed: int
    faults: tuple[str, ...] = FAULTS
    renamed: tuple[tuple[bytes, bytes], ...] = ()
    server: Server = field(default_factory=lambda: Server(""), init=False)
    done: Counter[str] = field(default_factory=Counter, init=False)
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def draw(self) -> str:
        """Choose what happens to one request."""
        fault = self.chance.choice(self.faults) if self.chance.random() < self.rate else "none"
        self.done[fault] += 1
        return fault


@contextmanager
def spoiling(
    server: Server,
    rate: float,
    seed: int,
    faults: tuple[str, ...] = FAULTS,
    renamed: tuple[tuple[bytes, bytes], ...] = (),
) -> Iterator[Proxy]:
    """Run a proxy before a server, in a thread of this process."""
    proxy = Proxy(server.endpoint.removeprefix("http://"), rate, seed, faults, renamed)
    ready, ended = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def listen() -> None:
        loops.append(asyncio.get_running_loop())
        async with await asyncio.start_server(lambda r, w: _serve(proxy, r, w), "127.0.0.1", 0) as listener:
            proxy.server = Server(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}")
            ready.set()
            await ended.wait()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

    thread = threading.Thread(target=lambda: asyncio.run(listen()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield proxy
    finally:
        loops[0].call_soon_threadsafe(ended.set)
        thread.join()


async def _serve(proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await _one(proxy, reader, writer):
            pass
    except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # cancelled when the test is over
        pass
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _one(proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Pass one request on, or not; say whether the connection goes on."""
    head, body = await _message(reader)
    fault = proxy.draw()
    if fault in ("503", "500"):
        answer = b"<Error><Code>%b</Code></Error>" % (b"SlowDown" if fault == "503" else b"InternalError")
        writer.write(
            b"HTTP/1.1 %b Trouble\r\nContent-Length: %d\r\n\r\n" % (fault.encode(), len(answer)) + answer
        )
        await writer.drain()
        return True
    if fault == "reset":
        return False
    for theirs, ours in proxy.renamed:
        head = head.replace(theirs, ours)
    answer_head, answer = await _ask(proxy.target, head, body)
    if fault == "lost":
        return False
    if fault == "stall":
        await asyncio.sleep(_STALL)
        return False
    if fault == "flip" and _holds_bytes(head, answer_head):
        place = proxy.chance.randrange(len(answer))
        answer = (
            answer[:place] + bytes([answer[place] ^ 1 << proxy.chance.randrange(8)]) + answer[place + 1 :]
        )
    cut = proxy.chance.randrange(len(answer)) if fault == "short" and answer else len(answer)
    writer.write(answer_head + answer[:cut])
    await writer.drain()
    return cut == len(answer)


def _holds_bytes(head: bytes, answer_head: bytes) -> bool:
    """Say whether an answer holds an object, and not a list or an error."""
    line = head.split(b"\r\n", 1)[0]
    length = _length(answer_head)
    return line.startswith(b"GET ") and b"list-type" not in line and b" 20" in answer_head[:13] and length > 0


async def _ask(target: str, head: bytes, body: bytes) -> tuple[bytes, bytes]:
    host, _, port = target.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        first, _, rest = head.partition(b"\r\n")
        writer.write(first + b"\r\nConnection: close\r\n" + rest + body)
        await writer.drain()
        is_head = first.startswith(b"HEAD ")
        return await _message(reader, is_head=is_head)
    finally:
        writer.close()


async def _message(reader: asyncio.StreamReader, *, is_head: bool = False) -> tuple[bytes, bytes]:
    """Read one HTTP message; one that comes in chunks is put together."""
    head = await reader.readuntil(b"\r\n\r\n")
    if is_head:
        return head, b""
    if b"transfer-encoding: chunked" not in head.lower():
        return head, await reader.readexactly(_length(head))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"transfer-encoding")]
    lines[-2:-2] = [b"Content-Length: %d" % len(body)]
    return b"\r\n".join(lines), body


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
