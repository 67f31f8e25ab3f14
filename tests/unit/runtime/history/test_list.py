"""Runs are listed and found by the beginning of their ids, and damage among them is told."""

from __future__ import annotations

import pytest

from axl.errors import DamagedError, UsageError
from axl.runtime.history.run import list_runs, open_run
from axl.wire.record import NodeRecord
from tests.unit.runtime.history.written_runs import Dictionary, Writer, stored


def test_an_id_may_be_shortened(store: Dictionary) -> None:
    """A beginning that only one run has is enough, a whole id is itself, and `latest` is the last one."""
    for run, created in (("birds-1", 3.0), ("birds-10", 1.0), ("cats-7", 2.0)):
        Writer(store, run, created)

    found = [open_run(name, store).id for name in ("birds-1", "birds-10", "c", "latest")]

    assert ["birds-1", "birds-10", "cats-7", "birds-1"] == found


def test_the_latest_run_is_the_one_last_worked_on(store: Dictionary) -> None:
    """A run that was continued comes before those that began since; in the list and in the hints too."""
    old, new = Writer(store, "birds-1", 1000.0), Writer(store, "birds-2", 2000.0)
    old.session(1, 1000.0, 1010.0, "failed")
    new.session(1, 2000.0, 2010.0, "succeeded")
    old.session(2, 3000.0, 3010.0, "succeeded")

    latest = open_run("latest", store).id
    listed = [each.id for each in list_runs(store)]
    with pytest.raises(UsageError) as raised:
        open_run("xyz", store)

    assert ("birds-1", ["birds-1", "birds-2"]) == (latest, listed)
    assert "birds-1, birds-2" in str(raised.value)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("birds", "2 runs begin with 'birds'\n\nhint: one of: birds-1, birds-10"),
        ("brids-1", "there is no run 'brids-1'\n\nhint: did you mean birds-1?"),
        ("xyz", "there is no run 'xyz'\n\nhint: "),
        ("", "there is no run ''"),
        ("../birds-1", "there is no run '../birds-1'"),
        ("birds-1/", "there is no run 'birds-1/'"),
        ("birds-1\n", "there is no run 'birds-1\\n'"),
    ],
)
def test_an_id_that_names_no_run_is_refused(store: Dictionary, name: str, what: str) -> None:
    """With the nearest known one, or those that it could be."""
    for run in ("birds-1", "birds-10"):
        Writer(store, run)

    with pytest.raises(UsageError) as raised:
        open_run(name, store)

    assert what in str(raised.value)


def test_an_empty_store_says_so(store: Dictionary) -> None:
    """The store is named, in case it is the wrong one."""
    with pytest.raises(UsageError, match=f"the store {store.url} has none yet"):
        open_run("latest", store)


def test_runs_are_listed_newest_first(store: Dictionary) -> None:
    """With a limit the oldest are left out."""
    for number in range(5):
        Writer(store, f"birds-{number}", float(number)).session(
            1, 10.0, 12.0, "succeeded", counts=(("done", 3),)
        )

    summaries = list_runs(store, limit=2)

    assert ["birds-4", "birds-3"] == [each.id for each in summaries]
    assert ("succeeded", 2.0, (("done", 3),)) == (
        summaries[0].status,
        summaries[0].seconds,
        summaries[0].counts,
    )


def test_an_interrupted_run_is_counted_from_its_records(store: Dictionary) -> None:
    """Where no engine could write the counts, they are taken from what is there."""
    writer = Writer(store)
    writer.session(1, 1000.0)
    for item in range(3):
        writer.commit("load", (item,), stored(item))
    writer.attempt("load", (3,), 1)

    (summary,) = list_runs(store)

    assert ("interrupted", {"done": 3, "failed": 1}) == (summary.status, dict(summary.counts))


@pytest.mark.parametrize("index", ["x", "1.x", "", "1/2/3"])
def test_a_record_under_a_key_that_axl_does_not_write_is_damage(store: Dictionary, index: str) -> None:
    """A store that someone edited is told as such."""
    writer = Writer(store)
    writer.session(1, 1000.0)
    store.records[f"node/birds-1/load/{index}"] = NodeRecord(status="done", step="load").encode()

    with pytest.raises(DamagedError, match="has no index that axl writes"):
        list_runs(store)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"v": 1}', b'{"v": 1, "status": 3}'])
def test_a_record_that_cannot_be_read_is_damage(store: Dictionary, body: bytes) -> None:
    """Its key is named."""
    writer = Writer(store)
    writer.session(1, 1000.0)
    store.records["node/birds-1/load/0"] = body

    with pytest.raises(DamagedError, match="node/birds-1/load/0"):
        list_runs(store)
