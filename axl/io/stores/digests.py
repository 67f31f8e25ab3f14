"""Hashes bytes with blake3, on all cores where that is worth it and safe.

blake3's pool of threads does not live on in a forked child, where waiting for it never ends; so the child
of a process that has used it hashes on one thread.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blake3 import blake3

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MANY = 1 << 20
"""Bytes from which on several threads are faster than one."""

MEND = "`axl verify --repair` finds what needs it, and the same command then computes it again"
"""The hint where stored bytes are lost or damaged."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class _Process:
    """How many threads blake3 may take in this process, and whether it has taken them."""

    threads: int = blake3.AUTO
    pooled: bool = False


_PROCESS = _Process()


def _after_fork() -> None:
    if _PROCESS.pooled:
        _PROCESS.threads = 1


os.register_at_fork(after_in_child=_after_fork)


def digest_of(data: ReadableBuffer) -> str:
    """Return the digest of some bytes, 64 hexadecimal digits."""
    if memoryview(data).nbytes < MANY:
        return blake3(data).hexdigest()
    _PROCESS.pooled = True
    return blake3(data, max_threads=_PROCESS.threads).hexdigest()


def hasher() -> blake3:
    """Return a hash that takes its bytes in pieces of `MANY` bytes or more."""
    _PROCESS.pooled = True
    return blake3(max_threads=_PROCESS.threads)


def is_digest(text: str) -> bool:
    """Say whether a text is a digest, and so safe as a part of a path."""
    return _DIGEST.fullmatch(text) is not None
