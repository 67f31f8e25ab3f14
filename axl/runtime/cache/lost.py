"""Results whose stored bytes are lost or damaged: they are taken back, so that they are computed again.

What is missing or cut short is seen before a result is used, where looking costs no request. What is
damaged is seen by who reads it: his attempt fails, once, and the result is taken back for the next command.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from axl.errors import DamagedError
from axl.io.store import Store
from axl.io.stores.digests import MEND
from axl.wire.address import cache_key, instance_text, parse_index
from axl.wire.outcome import Failure
from axl.wire.record import NodeRecord, Result, decode_node
from axl.wire.values import objects_in

MARGIN = 2.0
"""Seconds that a bucket's times may be off by rounding."""

SHOWN = 3
"""How many results that were taken back are named in a hint."""


def are_lost(results: Sequence[Result], store: Store) -> list[bool]:
    """Say of each result whether an object that it needs is known to be lost or cut short."""
    needs = [result.objects for result in results]
    objects = [each for some in needs for each in some]
    lost = store.lacks(objects) if objects else set[str]()
    return [any(digest in lost for digest, _ in some) for some in needs]


def take_back(failure: Failure, run: str, store: Store) -> Failure:
    """Remove the results of a run that need what an attempt found damaged; return what to tell of it.

    The caller holds the run. Other runs do not find these results any more either.
    """
    found = list(_needing(failure.damaged, run, store))
    store.drop_records([key for key, _ in found])
    forget(failure.damaged, [record.key for _, record in found], store)
    names = [_name(key) for key, _ in found]
    who = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    verb = "is taken back: the same command" if len(names) == 1 else "are taken back: the same command"
    hint = f"{who} {verb}, or `axl retry {run}`, computes {'it' if len(names) == 1 else 'them'} again"
    return replace(failure, message=f"{_what(failure)}\n\nhint: {hint if names else MEND}")


def forget_damaged(failure: Failure, run: str, store: Store) -> Failure:
    """Let no other run find what needs the bytes that an attempt found damaged; return what to tell of it.

    What the run itself has committed stays: who drives it takes for granted that it is there.
    """
    found = [record.key for _, record in _needing(failure.damaged, run, store)]
    forget(failure.damaged, found, store)
    hint = "begin another run of it, which computes what is damaged again"
    return replace(failure, message=f"{_what(failure)}\n\nhint: {hint if found else MEND}")


def forget(digest: str, keys: Sequence[str], store: Store) -> None:
    """Remove a damaged object, and the results of these keys that need it, for other runs to find."""
    named = [cache_key(key) for key in dict.fromkeys(keys) if key]
    bodies = zip(named, store.get_records(named), strict=True)
    store.drop_records(
        [key for key, body in bodies if body is not None and _needs(decode_node(body, key), digest)]
    )
    if not is_sound(digest, store):
        # In a bucket one of the right size would be taken for sound by who writes these bytes again
        store.drop_objects([digest], time.time() + MARGIN)


def _needing(digest: str, run: str, store: Store) -> Iterator[tuple[str, NodeRecord]]:
    mark = digest.encode()
    for key, body in store.list_records(f"node/{run}/"):
        if mark in body and _needs(record := decode_node(body, key), digest):
            yield key, record


def _needs(record: NodeRecord, digest: str) -> bool:
    return any(found == digest for _, value in record.outputs for found, _ in objects_in(value))


def is_sound(digest: str, store: Store) -> bool:
    """Say whether an object can be read, as its digest says."""
    try:
        store.read(digest).release()
    except DamagedError:
        return False
    return True


def _name(key: str) -> str:
    _, _, node, index = key.split("/")
    return instance_text(node, parse_index(index))


def _what(failure: Failure) -> str:
    return failure.message.partition("\n\nhint: ")[0]
