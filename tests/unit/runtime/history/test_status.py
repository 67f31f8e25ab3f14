"""Sessions, attempts and the lock together say how a run and its instances ended."""

from __future__ import annotations

import pytest

from axl.errors import StepError, UsageError
from axl.runtime.history.run import open_run
from axl.wire.address import node_key
from axl.wire.failed import Failed
from axl.wire.record import NodeRecord, RunStatus
from tests.unit.runtime.history.written_runs import FAILURE, Dictionary, Writer, stored


def test_a_run_without_an_end_is_running_while_its_lock_is_held(store: Dictionary) -> None:
    """And interrupted when nobody holds it."""
    Writer(store).session(1, 1000.0)
    with store.lock("run-birds-1", ""):
        running = open_run("birds-1", store).status

    assert ("running", "interrupted") == (running, open_run("birds-1", store).status)


def test_the_last_session_says_how_it_is(store: Dictionary) -> None:
    """A run that failed, was killed, and then succeeded, has succeeded; its time is that of all three."""
    writer = Writer(store)
    writer.session(1, 1000.0, 1002.0, "failed", error="first: no")
    writer.session(2, 1100.0)
    writer.commit("first", (), stored(1), 1103.0)
    writer.session(3, 1200.0, 1205.0, "succeeded", result=stored(5))
    run = open_run("birds-1", store)

    assert ("succeeded", "", 3, 5) == (run.status, run.error, len(run.sessions), run.result)
    assert 2.0 + 4.0 + 5.0 == run.seconds


def test_between_two_sessions_no_time_passes(store: Dictionary) -> None:
    """A step that ran in both took what it ran in each; a bar leaves the pause out."""
    writer = Writer(store)
    writer.session(1, 1000.0, None)
    writer.session(2, 9000.0, 9010.0, "succeeded")
    writer.commit("load", (0,), stored(0), 1000.0)
    writer.commit("load", (1,), stored(1), 9000.0)

    (_, load, _) = open_run("birds-1", store).timeline

    assert (2.0, 2.0) == (load.took, load.busy)
    assert [(0, 1000.0, 1001.0), (1, 9000.0, 9001.0)] == [
        (each.session, each.started, each.ended) for each in load.spans
    ]


def test_a_run_that_failed_has_no_result(store: Dictionary) -> None:
    """Asking for it raises what the run failed of."""
    Writer(store).session(1, 1000.0, 1001.0, "failed", error="load[2]: division by zero")
    run = open_run("birds-1", store)

    with pytest.raises(StepError, match=r"failed: load\[2\]: division by zero"):
        _ = run.result


@pytest.mark.parametrize("status", ["cancelled", "interrupted"])
def test_a_run_that_was_stopped_has_no_result(store: Dictionary, status: RunStatus) -> None:
    """The hint says how to go on."""
    Writer(store).session(1, 1000.0, 1001.0 if status == "cancelled" else None, status)

    with pytest.raises(UsageError, match=f"it is {status}\n\nhint: go on with `axl retry birds-1`"):
        _ = open_run("birds-1", store).result


def test_a_failure_that_is_tolerated_is_told_as_such(store: Dictionary) -> None:
    """The record that stands for its result does not hide the attempt that failed, nor what that printed."""
    writer = Writer(store)
    writer.session(1, 1000.0)
    writer.attempt("first", (), 1, log="trying\n")
    record = NodeRecord(
        status="failed",
        step="first",
        outputs=(("result", Failed("first", "ValueError", "no")),),
        failure=FAILURE,
    )
    store.put_record(node_key("birds-1", "first", ()), record.encode())
    view = open_run("birds-1", store).step("first")

    (instance,) = view.instances
    assert ("tolerated", FAILURE, 1) == (instance.status, instance.failure, instance.attempts)
    assert (Failed("first", "ValueError", "no"), [((), 1, "trying\n")]) == (view.output, list(view.logs()))


def test_an_instance_with_failed_attempts_alone_has_failed(store: Dictionary) -> None:
    """Its last attempt says how."""
    writer = Writer(store)
    writer.session(1, 1000.0, 1001.0)
    writer.attempt("load", (10,), 1)
    writer.attempt("load", (10,), 2, "cancelled")
    writer.attempt("load", (9,), 1)

    instances = open_run("birds-1", store).step("load").instances

    assert [("load[9]", "failed", 1), ("load[10]", "cancelled", 2)] == [
        (i.name, i.status, i.attempts) for i in instances
    ]
