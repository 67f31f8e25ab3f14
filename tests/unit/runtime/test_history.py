"""Runs as their records tell them."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from blake3 import blake3

from axl.errors import DamagedError, StepError, UsageError
from axl.io.store import Stored
from axl.runtime.history.run import Run, list_runs, open_run
from axl.runtime.history.timeline import Span, StepSummary
from axl.wire.address import node_key
from axl.wire.failed import Failed
from axl.wire.record import NodeRecord, RunStatus
from axl.wire.values import Lit, Ref
from tests.unit.runtime.written_runs import FAILURE, Dictionary, Writer, stored, text


@pytest.fixture
def store() -> Dictionary:
    return Dictionary()


def good_run(store: Dictionary) -> Run:
    """Record a run of twelve items, of which one failed at first."""
    writer = Writer(store)
    writer.session(1, 1000.0, 1010.0, "succeeded", counts=(("done", 14),), result=stored(78))
    writer.commit("first", (), stored(1), log=text("hello\n"))
    store.put_record(
        node_key(writer.run, "load_map", ()),
        NodeRecord(status="done", step="", started=1000.0, seconds=0.1).encode(),
    )
    for item in range(12):
        more = {"attempt": 2} if item == 3 else {}
        writer.commit("load", (item,), stored(item), 1001.0 + item / 2, log=text(f"item {item}\n"), **more)
    writer.attempt("load", (3,), 1, log="first try\n")
    writer.commit("last", (), stored(78), 1009.0)
    return open_run("birds-1", store)


def test_a_run_tells_what_it_was(store: Dictionary) -> None:
    """Id, workflow, parameters, times, status and steps come from records alone."""
    run = good_run(store)

    told = (run.id, run.workflow, run.status, run.params, run.created, run.seconds, run.steps, run.error)
    assert told == (
        "birds-1",
        "birds",
        "succeeded",
        {"xs": [1, 2]},
        1000.0,
        10.0,
        ("first", "load", "last"),
        "",
    )


def test_outputs_are_loaded_in_the_order_of_items(store: Dictionary) -> None:
    """Item 10 comes after item 2, whatever the order of keys; a step outside of maps has one value."""
    run = good_run(store)

    assert list(range(12)) == run.step("load").output
    assert {"result": list(range(12))} == run.step("load").outputs
    assert (1, {"result": 1}, 78) == (run.step("first").output, run.step("first").outputs, run.result)


def test_attempts_are_counted_over_all_instances(store: Dictionary) -> None:
    """Twelve items, one of them tried twice."""
    run = good_run(store)

    assert (13, 1) == (run.step("load").attempts, run.step("first").attempts)
    assert [1, 1, 1, 2] == [instance.attempts for instance in run.step("load").instances[:4]]


def test_logs_are_in_the_order_of_items_and_attempts(store: Dictionary) -> None:
    """What each attempt printed, the failed one first."""
    run = good_run(store)

    lines = run.logs("load").splitlines()
    assert ["item 2", "first try", "item 3", "item 4"] == lines[2:6]
    assert "hello\n" == run.logs("first")
    assert [((3,), 1, "first try\n"), ((3,), 2, "item 3\n")] == list(run.step("load").logs((3,)))


def test_the_timeline_has_a_row_for_each_step(store: Dictionary) -> None:
    """In the order of the program, with counts and times; the engine's own work is not a step."""
    run = good_run(store)

    first, load, last = run.timeline
    assert ("first", "load", "last") == (first.node, load.node, last.node)
    assert (
        StepSummary(
            node="load",
            counts=(("done", 12),),
            attempts=13,
            started=1001.0,
            ended=1007.5,
            busy=12.0,
            spans=(Span(0, 1001.0, 1007.5),),
        )
        == load
    )


def test_a_step_that_has_not_begun_is_there(store: Dictionary) -> None:
    """An interrupted run shows what is still to do."""
    writer = Writer(store)
    writer.session(1, 1000.0)
    writer.commit("first", (), stored(1))

    run = open_run("birds-1", store)

    assert [1, 0, 0] == [step.instances for step in run.timeline]
    with pytest.raises(UsageError, match="last did not run in birds-1"):
        _ = run.step("last").output


def test_an_unknown_step_names_the_nearest(store: Dictionary) -> None:
    """A slip of the finger is met with the right name."""
    with pytest.raises(UsageError, match="did you mean load"):
        good_run(store).step("laod")


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


def test_a_literal_stands_for_its_value(store: Dictionary) -> None:
    """The default of a failed step is a literal, and is read like any output."""
    writer = Writer(store)
    writer.commit("first", (), Lit("[1, 2]"))

    assert [1, 2] == open_run("birds-1", store).step("first").output


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


def test_a_step_is_found_by_the_name_of_its_method(store: Dictionary) -> None:
    """Where the id is another, as for `when_`, both name the step."""
    Writer(store)
    run = open_run("birds-1", store)

    assert ("last", "last") == (run.step("last").name, run.step("last_").name)


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


def test_html_is_a_table_without_anything_of_the_records(store: Dictionary) -> None:
    """Names are escaped; the table has a row for each step."""
    writer = Writer(store, "<b>")
    writer.session(1, 1000.0)
    writer.commit("<script>", (), stored(1))

    html = open_run("<b>", store)._repr_html_()

    assert "<script>" not in html
    assert "<b>birds</b> &lt;b&gt;" in html
    assert 5 == html.count("<tr>")


class Bomb:
    """A pickle that leaves a mark when it is opened."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.mark,))


def test_nothing_is_unpickled_but_by_output(store: Dictionary, tmp_path: Path) -> None:
    """Looking at a run in every way leaves its pickles closed."""
    mark = tmp_path / "mark"
    data = pickle.dumps(Bomb(mark))
    bomb = Ref(blake3(data).hexdigest(), len(data), "pickle", data=data)
    writer = Writer(store)
    writer.session(1, 1000.0, 1001.0, "succeeded", result=bomb)
    writer.commit("first", (), bomb)
    run = open_run("birds-1", store)

    looked = (
        run.status,
        run.seconds,
        run.timeline,
        run.logs("first"),
        run._repr_html_(),
        repr(run),
        list_runs(store),
    )
    looked_closer = (run.step("first").instances, run.step("first").values, list(run.instances()))

    assert looked
    assert looked_closer
    assert not mark.exists()


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


def test_many_instances_are_read_in_one_pass(store: Dictionary) -> None:
    """Twenty thousand instances take a fraction of the seconds that a hundred thousand may take."""
    writer = Writer(store)
    writer.session(1, 1000.0)
    body = NodeRecord(
        status="done", step="load", outputs=(("result", stored(1)),), started=1.0, seconds=1.0
    ).encode()
    for item in range(20_000):
        store.records[node_key("birds-1", "load", (item,))] = body

    summary = open_run("birds-1", store).timeline

    assert 20_000 == summary[1].instances


def test_stored_is_what_a_writer_gives() -> None:
    """The fake store's contract is the real one's."""
    assert Stored("d", 1).data is None
