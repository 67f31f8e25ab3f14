"""Every reason why a step was computed has a name of its own: options, time, failures, losses, versions."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import axl
from axl import api
from axl.io.stores import open_store
from axl.runtime.cache import results
from axl.runtime.housekeeping.garbage import Pace, collect
from axl.runtime.housekeeping.keeping import Keep
from axl.wire.events import TaskStarted
from tests.unit.runtime.reasons import said

Make = Callable[..., type[axl.Workflow]]
FLOW = """
import os
import time
from pathlib import Path
from axl import Workflow, step

class W(Workflow):
    @step({options})
    def one(self, n: int) -> {returns}:
        {body}

    def graph(self, n: int = 1) -> {returns}:
        return self.one(n)
"""


@pytest.fixture
def make(load: Callable[..., Any]) -> Make:
    """Write a workflow of one step with these options, and load it anew."""

    def write(options: str = "", body: str = "return n", returns: str = "int") -> type[axl.Workflow]:
        cls: type[axl.Workflow] = load(named_flow=FLOW.format(options=options, body=body, returns=returns)).W
        return cls

    return write


def run(cls: type[axl.Workflow], n: int = 1, **how: bool) -> str:
    """Run inline, and return why its step was computed or found."""
    ran = axl.run(cls, {"n": n}, executor="inline", store="store", **how)  # type: ignore[arg-type]  # bools only
    (why,) = api.why(ran.id, store="store")
    return said(why)


def foretold(cls: type[axl.Workflow]) -> str:
    """Return why its step would be computed."""
    (why,) = api.forecast(cls, {"n": 1}, store="store").runs
    return said(why)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("", "cache='2'", "the cache version changed from none to 2"),
        ("cache='2'", "cache='3'", "the cache version changed from 2 to 3"),
        ("", "io_handler='json'", "the handler changed from pickle to json"),
        ("", "env={'MODE': 'fast'}", "`env` MODE changed from none to fast"),
        ("env={'MODE': 'fast'}", "env={'MODE': 'slow'}", "`env` MODE changed from fast to slow"),
        ("", "packages=['six>=1']", "`packages` changed from none to six>=1"),
    ],
)
def test_an_option_is_named_with_both_values(before: str, after: str, reason: str, make: Make) -> None:
    """What the decorator says is told as what it is, in a forecast and of a run."""
    run(make(before))

    cls = make(after, body="return 1")
    assert f"computed; `W.one` changed (named_flow.py:8); {reason}" == foretold(cls)
    cls = make(after)
    assert f"computed; {reason}" == foretold(cls)
    assert f"computed; {reason}" == run(cls)


def test_a_cache_that_was_off_is_named(make: Make) -> None:
    """The run before kept no result that others could find."""
    run(make("cache=False"))

    cls = make()
    assert "computed; the cache of the step changed from off to on" == foretold(cls)
    assert "computed; the cache of the step changed from off to on" == run(cls)


def test_the_end_of_a_result_is_named(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ttl that is over is told with its length."""
    cls = make("cache={'ttl': '1h'}")
    run(cls)
    later = time.time() + 4000
    monkeypatch.setattr(results.time, "time", lambda: later)

    reason = "computed; its result was older than its ttl of 1h"
    assert (reason, reason) == (foretold(cls), run(cls))


def test_what_a_run_was_told_is_named(make: Make) -> None:
    """A fresh run computes everything; one without the cache is told so, and so is the one after it."""
    cls = make()

    assert "computed; the run was told to use no cache (--no-cache)" == run(cls, cache=False)
    reason = "computed; the run before was told to use no cache (--no-cache), and kept no result"
    assert (reason, reason) == (foretold(cls), run(cls))
    assert "computed; the run was told to compute everything (--fresh)" == run(cls, fresh=True)
    assert "cached" == run(cls)


def test_lost_bytes_are_named(make: Make) -> None:
    """A result whose object is gone is not used."""
    cls = make(body="return bytes([n]) * 9000", returns="bytes")
    run(cls)
    store = open_store("store")
    for path in Path("store/objects").glob("*/*"):
        if path.stat().st_size > 9000:
            path.unlink()

    reason = "computed; the stored bytes of its result are lost or cut short"
    assert (reason, reason) == (foretold(cls), run(cls))
    store.close()


def test_a_result_that_was_removed_is_named(make: Make) -> None:
    """Nothing has changed, and still there is nothing to find."""
    cls = make()
    run(cls)
    store = open_store("store")
    store.drop_records(list(store.list_keys("cache/")))
    store.close()

    reason = "computed; nothing changed, but its result was removed, or its files changed while it ran"
    assert (reason, reason) == (foretold(cls), run(cls))


def test_a_failure_is_named_and_so_is_the_attempt_after_it(make: Make) -> None:
    """An instance without a result is listed; the next run tells that the last time failed."""
    fails = make(body="raise ValueError")

    assert "failed; the first time" == run(fails)
    mended = make()
    assert "computed; it failed the last time" == foretold(mended)
    assert "computed; it failed the last time" == run(mended)


def test_a_tolerated_failure_is_named_alike(make: Make) -> None:
    """Though the run has a value in its place."""
    assert "failed; the first time" == run(make("on_failure='continue'", body="raise ValueError"))
    assert "computed; it failed the last time" == run(make("on_failure='continue'"))


def test_a_cancelled_attempt_is_listed(make: Make) -> None:
    """It has no result, and the run after it says so."""
    cls = make(body="time.sleep(20); return n")

    def stop(event: object) -> None:
        if isinstance(event, TaskStarted):
            threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()

    ran = axl.run(cls, {"n": 1}, executor="process", workers=1, store="store", report=stop, grace=0.1)
    assert ["cancelled; the first time"] == [said(each) for each in api.why(ran.id, store="store")]
    assert "computed; it was cancelled the last time" == foretold(cls)


def test_another_python_is_named(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where code reads differently in another Python, that is told beside the code."""
    with monkeypatch.context() as old:
        old.setattr(results, "PYTHON", "3.10")
        run(make())
    cls = make(body="return n + 0")

    now = f"{sys.version_info.major}.{sys.version_info.minor}"
    reason = f"computed; Python changed from 3.10 to {now}; `W.one` changed (named_flow.py:8)"
    assert reason == foretold(cls)


def test_a_collection_leaves_reasons(make: Make) -> None:
    """Once the run before is gone there is nothing to compare with."""
    cls = make()
    run(cls)
    store = open_store("store")
    collect(store, Keep(younger=0.0), Pace(grace=0.0, settle=0.0))
    store.close()

    assert "computed; the first time" == foretold(cls)
