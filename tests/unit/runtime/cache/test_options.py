"""A run and a step may leave the cache out, begin anew, and let results live for a time."""

from __future__ import annotations

from pathlib import Path

import pytest

import axl
from tests.unit.runtime.cache.cached_flows import Make, calls, fan, run


@pytest.mark.parametrize("options", ["(cache=False)"])
def test_a_step_may_be_left_out(make: Make, log: Path, options: str) -> None:
    """Without the cache a step runs every time; what it feeds is still found by content."""
    cls = make(fan(options=options))
    run(cls, [1, 2])
    calls(log)

    run(cls, [1, 2])

    assert calls(log) == ["one 1", "one 2"]


def test_no_cache_neither_reads_nor_writes(make: Make, log: Path) -> None:
    """A run without the cache computes everything, and another one does not find it."""
    cls = make(fan())
    run(cls, [1], cache=False)
    run(cls, [1], cache=False)

    run(cls, [1])

    assert calls(log) == ["one 1", "total"] * 3


def test_fresh_computes_again_and_replaces(make: Make, log: Path) -> None:
    """`fresh` looks nothing up; the next run finds what it made."""
    cls = make(fan())
    run(cls, [1])
    run(cls, [1], fresh=True)
    calls(log)

    assert dict(run(cls, [1]).counts) == {"cached": 2}


def test_a_version_makes_other_results(make: Make, log: Path) -> None:
    """`cache="2"` begins anew for one step, and going back finds the old results."""
    run(make(fan(options='(cache="1")')), [1])
    calls(log)
    run(make(fan(options='(cache="2")')), [1])
    changed = calls(log)
    run(make(fan(options='(cache="1")')), [1])

    assert (changed, calls(log)) == (["one 1"], [])


def test_a_result_may_live_for_a_time(make: Make, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time a result is computed again, and the new one lives as long."""
    cls = make(fan(options='(cache={"ttl": "1h"})'))
    run(cls, [1])
    calls(log)
    run(cls, [1])
    young = calls(log)
    now = axl.runtime.cache.results.time.time
    monkeypatch.setattr("axl.runtime.cache.results.time.time", lambda: now() + 7200)
    run(cls, [1])
    old = calls(log)
    monkeypatch.undo()

    assert (young, old) == ([], ["one 1"])
