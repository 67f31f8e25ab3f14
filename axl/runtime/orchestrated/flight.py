"""Lets one process at a time compute a result: what another one computes is waited for, not repeated.

Each instance has a lock of its own, in whose name the key of its result is claimed. So a claim ends with
the process that made it, and a second try at an instance waits for the first, if that still lives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from axl.errors import LockedError
from axl.io.stores.holder import note_of_this_process
from axl.ir.nodes import Task
from axl.runtime.cache.results import Cache
from axl.runtime.engine.ledger import Ledger
from axl.runtime.engine.lookup import Found, Lookup
from axl.runtime.plan.block import Instance
from axl.wire.address import node_key
from axl.wire.spec import OutputSpec

_PAUSE = 0.25
"""Seconds between two looks whether another try at the same instance has ended."""


@dataclass(frozen=True, slots=True)
class Flight:
    """The right to compute an instance, or the result that is there; `cache` is where results go."""

    found: Found | None
    cache: Cache


@contextmanager
def fly(
    instance: Instance, ledger: Ledger, outputs: Callable[[Task], tuple[OutputSpec, ...]]
) -> Iterator[Flight]:
    """Find the result of an instance, or keep others from computing it until the context ends."""
    lock = f"op-{node_key(ledger.run, instance.node.id, instance.index)}"
    cache = Cache(ledger.store, ledger.run, ledger.codes, "use", _say_nothing, lock)
    with ExitStack() as stack:
        while True:
            lookup = Lookup(ledger, cache, outputs)
            lookup.take([instance])
            if lookup.found or _is_entered(stack, lock, ledger):
                break
            time.sleep(_PAUSE)
        if not lookup.found:
            stack.callback(_let_go, cache, ledger)
            _claim(lookup, ledger)
        yield Flight(lookup.found.popleft() if lookup.found else None, cache)


def _is_entered(stack: ExitStack, lock: str, ledger: Ledger) -> bool:
    """Take the lock of an instance, unless another try at it has it."""
    try:
        stack.enter_context(ledger.store.lock(lock, note_of_this_process(run=ledger.run)))
    except LockedError:
        return False
    return True


def _claim(lookup: Lookup, ledger: Ledger) -> None:
    """Claim what is missing, or wait until whoever has claimed it is done: then it is found, or ours."""
    while lookup.missing:
        if lookup.may_start([lookup.missing.popleft()]):
            ledger.flush()
            return
        while not lookup.missing and not lookup.found:
            ledger.flush()
            time.sleep(max(0.0, (lookup.due() or 0.0) - time.monotonic()))
            lookup.poll(time.monotonic())


def _let_go(cache: Cache, ledger: Ledger) -> None:
    cache.release_all()
    ledger.store.commit()


def _say_nothing(_text: str) -> None:
    """Take a note about the cache."""
