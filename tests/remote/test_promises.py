"""A store in a bucket keeps the promises of every store: the same tests, against servers."""

from __future__ import annotations

import pytest

from axl.io.store import Store
from tests.unit.io.test_batches import *  # noqa: F403
from tests.unit.io.test_claims import *  # noqa: F403
from tests.unit.io.test_garbage import *  # noqa: F403
from tests.unit.io.test_stores import *  # noqa: F403


@pytest.mark.parametrize("count", [0, 1, 2, 33, 70])
def test_batches_of_every_size(count: int, store: Store) -> None:
    """A batch may be empty, or have more records than there are requests at once."""
    keys = [f"{i}" for i in range(count)]

    assert [None] * count == store.get_records(keys)
    assert [None] * count == store.put_records([(key, key.encode()) for key in keys])
    assert [key.encode() for key in keys] == store.get_records(keys)
