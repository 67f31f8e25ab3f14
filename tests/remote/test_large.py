"""Large objects go to a bucket from memory or through a file, and what that takes of memory is bounded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from axl.io.stores import open_store
from axl.io.stores.remote import writer
from tests.remote.servers import Server

MANY = 9 << 20
MEASURE = """
import sys
from pathlib import Path
from axl.io.stores import open_store

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

store = open_store(sys.argv[1])
store.get_record("k")
piece, before = bytes(range(256)) * 4096, peak()
with store.write() as stream:
    for _ in range(int(sys.argv[2])):
        stream.write(piece)
    stream.finish()
print(peak() - before)
store.close()
"""


@pytest.mark.parametrize("piece", [300_000, 1 << 20, MANY + 2])
@pytest.mark.parametrize("size", [MANY - 1, MANY, MANY + 1])
def test_what_is_held_and_what_is_not_come_back(
    size: int, piece: int, moto_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Around the size from which a file takes the bytes, in pieces of any size, here and elsewhere."""
    monkeypatch.setattr(writer, "HELD", MANY)
    data = os.urandom(size)
    store = open_store(moto_server.url(f"large-{size}-{piece}"))
    with store.write() as stream:
        for start in range(0, size, piece):
            stream.write(data[start : start + piece])
        stored = stream.finish()

    copies = Path(os.environ["XDG_CACHE_HOME"]) / "axl" / "objects"
    assert [stored.digest] == [path.name for path in copies.iterdir()]
    assert data == store.read(stored.digest)
    (copies / stored.digest).unlink()
    assert data == store.read(stored.digest)
    store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the most memory of a process alone")
def test_memory_is_bounded(moto_server: Server) -> None:
    """Of 300 MB that are written piece by piece, no more is in memory than is held and under way."""
    command = [sys.executable, "-c", MEASURE, moto_server.url("bounded"), "300"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert int(done.stdout) < 100 * 1024
