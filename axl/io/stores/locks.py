"""Holds names by kernel locks, and says who holds a name that is taken."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from blake3 import blake3

from axl.errors import LockedError
from axl.io.stores.claim import Claim, claim, is_claimed
from axl.io.stores.failure import reported
from axl.io.stores.holder import held_by

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_NOTE_LIMIT = 65536
_NOTE_TRIES = 20
_NOTE_WAIT = 0.005
_CLAIM_TRIES = 4
_LOOKS = 3
_LOOK_WAIT = 0.001
_LOOKERS_SECONDS = 10.0


@dataclass(slots=True)
class Lock:
    """A context that holds a name; it may be entered again after it was left."""

    path: Path
    name: str
    note: str
    _claim: Claim | None = field(default=None, init=False)

    def __enter__(self) -> None:
        with reported("lock", self.path):
            taken = _claim_soon(self.path)
            if taken is None:
                raise LockedError(
                    held_by(self.name, _read_note(self.path)), hint="wait for it, or end that process"
                )
            self._claim = taken
            os.ftruncate(taken.file, 0)
            os.pwrite(taken.file, self.note.encode("utf-8", "replace"), 0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        held, self._claim = self._claim, None
        if held is not None:
            with reported("unlock", self.path):
                held.release()


def holder_of(path: Path) -> str | None:
    """Return the note of a file's live holder; who only cleans up lets go of it within a moment."""
    with reported("look at", path):
        for _ in range(_LOOKS):
            if not is_claimed(path):
                return None
            time.sleep(_LOOK_WAIT)
        return _read_note(path)


def clean_locks(folder: Path) -> None:
    """Remove the files of names that nobody holds: their holders were killed."""
    with reported("clean", folder):
        for path in folder.glob("*.lock"):
            held = claim(path)
            if held is not None:
                held.release()


def _claim_soon(path: Path) -> Claim | None:
    """Claim a file; who only cleans up lets go of it within a moment, and who only looks does not count."""
    deadline = time.monotonic() + _LOOKERS_SECONDS
    refused = 0
    while refused < _CLAIM_TRIES and time.monotonic() < deadline:
        taken = claim(path)
        if taken is not None:
            return taken
        refused += is_claimed(path)
        time.sleep(_NOTE_WAIT)
    return None


def lock_path(folder: Path, name: str) -> Path:
    """Return the file that stands for a name, however odd the name is."""
    if _PLAIN.fullmatch(name):
        return folder / f"{name}.lock"
    return folder / f"={blake3(name.encode('utf-8', 'surrogatepass')).hexdigest()}.lock"


def _read_note(path: Path) -> str:
    """Return the holder's note, waiting a moment for a holder that has only just come."""
    for _ in range(_NOTE_TRIES):
        try:
            note = path.read_bytes()[:_NOTE_LIMIT].decode("utf-8", "replace")
        except FileNotFoundError:
            return ""
        if note:
            return note
        time.sleep(_NOTE_WAIT)
    return ""
