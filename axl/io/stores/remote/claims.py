"""Claims of names in an object store: an object that was written because it did not exist.

A claim is void once the lock that it was made under is not held. Then many may want it, and deleting it
would let one of them delete the next one's claim. So a void claim is broken by whoever writes the object
of that very claim's breaking, looks again whether the claim is still the same, and puts his own there.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from blake3 import blake3

from axl.errors import DamagedError, StoreError, UsageError
from axl.io.stores.remote.client import Client
from axl.io.stores.remote.frames import seal, unseal
from axl.io.stores.remote.leases import Leases


@dataclass(frozen=True, slots=True)
class _Claim:
    lock: str
    token: str


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one store, and which of them this process made.

    Nobody waits for a release: its request goes on beside what follows.
    """

    client: Client
    leases: Leases
    _ours: dict[str, str] = field(default_factory=dict, init=False)
    _going: dict[str, Future[None]] = field(default_factory=dict, init=False)

    def claim(self, names: Sequence[str], lock: str) -> list[bool]:
        """Take each name that nobody holds."""
        paths = [_path(name) for name in names]
        self._wait(paths)
        won = dict(zip(paths, self.client.each(partial(self._take, lock=lock), paths), strict=True))
        self._ours.update({path: lock for path, got in won.items() if got})
        return [won[path] for path in paths]

    def release(self, names: Sequence[str], lock: str) -> None:
        """Let go of names, if this lock claimed them."""
        paths = [path for path in map(_path, names) if self._ours.get(path, lock) == lock]
        if not paths:
            return
        known = [path for path in paths if self._ours.pop(path, None) is not None]
        others = [path for path in paths if path not in known]
        going = self.client.later(lambda: self._remove(known, others, lock))
        for path in [path for path, other in self._going.items() if other.done()]:
            del self._going[path]
        self._going.update(dict.fromkeys(paths, going))

    def settle(self) -> None:
        """Wait for the releases that are under way."""
        self._wait(list(self._going))

    def _wait(self, paths: Sequence[str]) -> None:
        for path in paths:
            going = self._going.pop(path, None)
            if going is not None:
                with suppress(StoreError):  # the claim ends with its lock at the latest
                    going.result()

    def _remove(self, known: list[str], others: list[str], lock: str) -> None:
        found = [path for path in others if (held := self._read(path)) is not None and held.lock == lock]
        self.client.delete([*known, *found])

    def _take(self, path: str, lock: str) -> bool:
        body = seal(path, json.dumps({"lock": lock, "token": secrets.token_hex(8)}).encode())
        there = self.client.create(path, body)
        if there is None:
            return True
        held = _decode(there, path)
        if held.lock == lock:
            return True
        return not self.leases.is_live(held.lock) and self._break(path, held, body, lock)

    def _break(self, path: str, held: _Claim, body: bytes, lock: str) -> bool:
        """Put our claim in the place of a void one, unless somebody else is at it or was faster."""
        breaking = f"{path}-{held.token}"
        if not self._take(breaking, lock):
            return False
        won = self._read(path) == held
        if won:
            self.client.put(path, body)
        self.client.delete([breaking])
        return won

    def _read(self, path: str) -> _Claim | None:
        return self.client.get(path, lambda data: _decode(data, path))


def _path(name: str) -> str:
    try:
        return "claims/" + blake3(name.encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise UsageError(f"the name of a claim must be valid Unicode: {name[:100]!a}") from error


def _decode(data: bytes, path: str) -> _Claim:
    match json.loads(unseal(data, path).body):
        case {"lock": str(lock), "token": str(token)}:
            return _Claim(lock, token)
        case _:
            raise DamagedError(f"the claim {path} was not written by axl", hint="remove that object")
