"""Finds in a store what an orchestrator ran: the sessions of its runs bear the orchestrator's own id."""

from __future__ import annotations

from axl.errors import UsageError
from axl.io.store import Store
from axl.wire.record import decode_session


def run_of(target: str, theirs: str, store: Store) -> str:
    """Return the run that an orchestrator worked on under an id of its own, or the beginning of one.

    Two ids may be of one run: what is executed again from a failure goes on with the first run. Raises
    `UsageError` when there is no such run, or more than one.
    """
    by = f"{target} {theirs}"
    found: dict[str, None] = {}
    for key, body in store.list_records("session/"):
        if not key.endswith("/end") and decode_session(body, key).executor.startswith(by):
            found[key.split("/")[1]] = None
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise UsageError(f"{theirs!r} begins the ids of several runs of {target}", hint="write it out")
    raise UsageError(
        f"{store.url} has nothing of a run {theirs!r} of {target}",
        hint="its first op has not begun, or it runs with another store; set AXL_STORE alike everywhere",
    )
