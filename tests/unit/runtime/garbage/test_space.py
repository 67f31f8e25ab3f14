"""A collection gives space back to the file system: that of objects, and that of records."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from axl.io.stores import open_store
from tests.unit.runtime.garbage.large_results import SLOW_TOTAL, assert_sound, ids, run, start_slow, sweep

MEGABYTE = 1_000_000


def fill() -> None:
    """Write 4 MB of records that no run needs."""
    store = open_store("store")
    store.put_records([(f"code/{i:064}", bytes(1000)) for i in range(4000)])
    store.sync()
    store.close()


def empty() -> None:
    """Remove them again, without a collection."""
    store = open_store("store")
    store.drop_records(list(store.list_keys("code/")))
    store.sync()
    store.close()


def size() -> int:
    """Return the bytes of the file of records and of its log."""
    return sum(path.stat().st_size for path in Path("store").glob("records.db*"))


def test_the_file_of_records_shrinks(flows: Any) -> None:
    """Also while somebody has the store open, who reads on."""
    kept = run(flows.Big)
    fill()
    before = size()
    result = kept.result

    swept = sweep(keep=1)

    assert (4000, True, True) == (swept.codes, before > 4 * MEGABYTE, size() < MEGABYTE)
    assert result == kept.result
    assert_sound()


def test_beside_an_engine_it_stays_for_another_time(flows: Any) -> None:
    """The engine waits for nothing; the next collection gives the space back."""
    fill()
    empty()
    engine = start_slow()
    while not ids():
        time.sleep(0.02)

    sweep(keep=1)
    assert (None, True) == (engine.poll(), size() > 4 * MEGABYTE)
    assert f"{SLOW_TOTAL}\n".encode() == engine.communicate()[0]
    sweep(keep=1)
    assert size() < MEGABYTE
    assert_sound()
