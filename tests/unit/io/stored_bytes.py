"""Bytes that tests put into a store as objects."""

from __future__ import annotations

from axl.io.store import Store


def put(store: Store, data: bytes) -> str:
    """Write an object, never into a record, and return its digest."""
    with store.write(inline=0) as stream:
        stream.write(data)
        return stream.finish().digest
