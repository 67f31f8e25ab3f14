"""What a disk may hold after a power cut, worked out from the calls of a trial.

The log of preload.c says, in order, what was written, renamed and fsynced. A cut keeps what was fsynced
before it. Of the rest a disk may keep anything: no block of a file, some, or all; a file's names up to some
moment, in each folder up to another one. This is a better disk for tests than a file system that loses data
would be: it needs no privileges, every moment of one run can be a cut, and a number makes it happen again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.faults.preload import Call

BLOCK = 512
Names = dict[str, "File | None"]
"""What is at a path: a file, or `None` for a folder."""


@dataclass(slots=True, eq=False)
class File:
    """A file's bytes, and what was done to them since they were last fsynced."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | int]] = field(default_factory=list)

    def now(self) -> bytearray:
        """Return the bytes as every process sees them."""
        data = bytearray(self.durable)
        for offset, change in self.pending:
            _apply(data, offset, change)
        return data

    def sync(self) -> None:
        """Make everything durable."""
        self.durable, self.pending = self.now(), []

    def after_cut(self, keep: Callable[[], bool]) -> bytearray:
        """Return what the disk holds when it has written the blocks that `keep` says."""
        data = bytearray(self.durable)
        for offset, change in self.pending:
            if isinstance(change, int):
                if keep():
                    _apply(data, offset, change)
                continue
            for start in range(0, len(change), BLOCK):
                if keep():
                    _apply(data, offset + start, change[start : start + BLOCK])
        return data


def _apply(data: bytearray, offset: int, change: bytes | int) -> None:
    """Write bytes at an offset, or set the length that a number says."""
    if isinstance(change, int):
        del data[change:]
        data.extend(b"\0" * (change - len(data)))
        return
    data.extend(b"\0" * (offset - len(data)))
    data[offset : offset + len(change)] = change


@dataclass(slots=True)
class Change:
    """A change of names that is not durable yet: in a folder, a name comes (with a file or folder) or goes."""

    folder: str
    name: str
    comes: bool
    what: File | None = None


@dataclass(slots=True)
class Disk:
    """The files below one folder, as processes see them, and as the disk is sure to hold them."""

    root: str
    names: Names = field(default_factory=dict)
    durable: Names = field(default_factory=dict)
    pending: list[Change] = field(default_factory=list)
    nodes: dict[int, File] = field(default_factory=dict)

    def do(self, call: Call) -> None:
        """Follow one call."""
        match call.kind:
            case "c":
                self.nodes[call.node] = File()
                self._come(call.path, self.nodes[call.node])
            case "t":
                self.nodes[call.node].pending.append((0, 0))
            case "w":
                self.nodes[call.node].pending.append((call.offset, call.data))
            case "l":
                self.nodes[call.node].pending.append((0, call.length))
            case "f":
                self._sync(call)
            case "m":
                self._come(call.path, None)
            case "u" | "d":
                self._go(call.path)
            case "h":
                self._come(call.target, self.names[call.path])
            case "r":
                self._rename(call.path, call.target)
            case _:
                return

    def _come(self, path: str, what: File | None) -> None:
        self.names[path] = what
        self.pending.append(Change(*_split(path), comes=True, what=what))

    def _go(self, path: str) -> None:
        self.names.pop(path, None)
        self.pending.append(Change(*_split(path), comes=False))

    def _rename(self, old: str, new: str) -> None:
        if old == new or old not in self.names:
            return
        what = self.names[old]
        self._come(new, what)
        self._go(old)

    def _sync(self, call: Call) -> None:
        if call.node in self.nodes and self.names.get(call.path, None) is not None:
            self.nodes[call.node].sync()
            return
        self._settle(lambda change: change.folder == call.path)

    def _settle(self, kept: Callable[[Change], bool]) -> None:
        rest = []
        for change in self.pending:
            if kept(change):
                _change(self.durable, change)
            else:
                rest.append(change)
        self.pending = rest

    def write(self, target: Path, rng: random.Random) -> str:
        """Write what may be on the disk after a cut now to a folder; return in words which way it went."""
        names, how = self._names_after_cut(rng)
        share = rng.choice((0.0, 0.0, 0.5, 0.9, 1.0))
        for path, what in sorted(names.items(), key=lambda item: len(item[0])):
            place = target / PurePosixPath(path).relative_to(self.root)
            if what is None:
                place.mkdir(parents=True, exist_ok=True)
            elif place.parent.is_dir():
                place.write_bytes(what.after_cut(lambda: rng.random() < share))
        return f"names {how}, {share:.0%} of unsynced blocks kept"

    def _names_after_cut(self, rng: random.Random) -> tuple[Names, str]:
        """Return the names that the disk holds: all, those up to a moment, or so for each folder by itself."""
        how = rng.choice(("all kept", "up to a moment", "of each folder up to a moment", "all lost"))
        names = dict(self.durable)
        limits: dict[str, int] = {}
        limit = rng.randint(0, len(self.pending))
        for place, change in enumerate(self.pending):
            match how:
                case "all kept":
                    kept = True
                case "all lost":
                    kept = False
                case "up to a moment":
                    kept = place < limit
                case _:
                    kept = place < limits.setdefault(change.folder, rng.randint(0, len(self.pending)))
            if kept:
                _change(names, change)
        return names, how


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _change(names: Names, change: Change) -> None:
    path = f"{change.folder}/{change.name}"
    if change.comes:
        names[path] = change.what
    else:
        names.pop(path, None)


def play(calls: Sequence[Call], root: Path) -> Disk:
    """Return the disk after some calls below a folder that was there before."""
    disk = Disk(str(root), names={str(root): None}, durable={str(root): None})
    for call in calls:
        disk.do(call)
    return disk
