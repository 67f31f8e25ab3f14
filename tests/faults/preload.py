"""Builds the library that stands between a process and libc, and writes the plan that it follows."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("preload.c")
_PLAN = struct.Struct("=10q1024s1024s")
_ENTRY = struct.Struct("=II4qII")


class Action(IntEnum):
    """What is done to the chosen calls; a write that is killed afterwards has written half."""

    COUNT = 0
    KILL_BEFORE = 1
    KILL_AFTER = 2
    FAIL = 3
    SHORTEN = 4


class Whom(IntEnum):
    """Whose calls count: the process that the trial starts, or those that come of it."""

    EVERYONE = 0
    ENGINE = 1
    OTHERS = 2


FOREVER = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a trial does to its calls: `action` on those from number `first` to `last`, counted from 1."""

    action: Action = Action.COUNT
    first: int = 0
    last: int = 0
    error: int = 0
    whom: Whom = Whom.EVERYONE


@dataclass(slots=True)
class Drawn:
    """A plan in a file that every process of the trial maps; the counts can be read while they run."""

    path: Path
    _map: mmap.mmap = field(init=False)

    def __post_init__(self) -> None:
        with self.path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _PLAN.size)

    @property
    def count(self) -> int:
        """How many calls were seen."""
        return self._number(0)

    @property
    def fired(self) -> int:
        """How many of them were acted on."""
        return self._number(3)

    def shift_clock(self, seconds: float) -> None:
        """Let the wall clock of the trial's processes be so far ahead from now on."""
        struct.pack_into("=q", self._map, 8 * 8, int(seconds * 1e9))

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()

    def _number(self, place: int) -> int:
        return int(struct.unpack_from("=q", self._map, 8 * place)[0])


def draw(plan: Plan, path: Path, root: Path, log: Path | None = None) -> Drawn:
    """Write a plan for the calls below `root`; with `log` every one of them is written there."""
    numbers = (0, plan.first, plan.last, 0, plan.action, plan.error, plan.whom, 0, 0, 0)
    path.write_bytes(_PLAN.pack(*numbers, str(root).encode(), str(log or "").encode()))
    return Drawn(path)


def name_engine(path: str, pid: int) -> None:
    """Say in a plan which process is the engine; called by that process before it follows the plan."""
    with Path(path).open("r+b") as file:
        file.seek(8 * 7)
        file.write(struct.pack("=q", pid))


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a log.

    `kind` is a letter: c create, o open to write, t open and empty, w write, l set the length,
    f fsync, r rename, h hard link, u unlink, m mkdir, d rmdir, s say to a standard stream.
    """

    kind: str
    number: int
    node: int
    offset: int
    length: int
    path: str
    target: str
    data: bytes


def read_log(path: Path) -> Iterator[Call]:
    """Yield the calls that a trial logged, in the order in which they were made."""
    rest = memoryview(path.read_bytes())
    while rest:
        size, kind, number, node, offset, length, one, two = _ENTRY.unpack_from(rest)
        names = bytes(rest[_ENTRY.size : _ENTRY.size + one + two])
        data = bytes(rest[_ENTRY.size + one + two : size])
        yield Call(chr(kind), number, node, offset, length, names[:one].decode(), names[one:].decode(), data)
        rest = rest[size:]


def why_not_here() -> str:
    """Return why the library cannot be used on this machine; empty when it can."""
    if sys.platform != "linux":
        return "needs Linux: it stands between a process and libc"
    if shutil.which("cc") is None:
        return "needs a C compiler (cc)"
    return ""


def build(folder: Path) -> Path:
    """Compile the library into a folder and return its path."""
    library = folder / "preload.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE], check=True)
    return library
