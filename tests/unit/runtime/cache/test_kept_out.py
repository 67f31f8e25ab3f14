"""Failures, code that cannot be followed and code that changes meanwhile never enter the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from axl.wire.events import Event, Noted
from tests.unit.runtime.cache.cached_flows import Make, calls, fan, run

FAILING = """
class W(Workflow):
    @step(on_failure="continue")
    def one(self, x: int) -> int:
        note(f"one {x}")
        raise ValueError("no")

    @step
    def total(self, xs: list[int | Failed]) -> int:
        return len(xs)

    def graph(self, xs: list[int]) -> int:
        return self.total(self.one.map(xs))
"""


def test_a_failure_never_enters(make: Make, log: Path) -> None:
    """What failed and was tolerated is tried again, once for each item that needs it."""
    cls = make(FAILING)
    run(cls, [1, 1])
    first = calls(log)

    second = run(cls, [1, 1])

    assert (first, calls(log), second.result) == (["one 1", "one 1"], ["one 1", "one 1"], 2)


UNKNOWN = """
class W(Workflow):
    @step
    def one(self, x: int) -> int:
        note(f"one {x}")
        return eval("x")

    def graph(self, xs: list[int]) -> list[int]:
        return self.one.map(xs)
"""


def test_what_cannot_be_followed_is_not_cached_and_says_so(make: Make, log: Path) -> None:
    """The note names the step and the reason, once a run."""
    cls, heard = make(UNKNOWN), []

    def hear(event: Event) -> None:
        if isinstance(event, Noted):
            heard.append(event.text)

    run(cls, [1, 2], report=hear)
    run(cls, [1, 2])

    assert calls(log) == ["one 1", "one 2"] * 2
    assert heard == ["one is not cached: `eval` is used, and what it reaches cannot be followed"]


@pytest.mark.parametrize(
    "code",
    ["import_module('math').floor(x)", "sys.modules['math'].floor(x)", "len(int.__subclasses__()) * 0 + x"],
)
def test_what_only_running_can_name_is_not_cached(make: Make, log: Path, code: str) -> None:
    """Dynamic imports and classes that are asked for are refused, each run computes."""
    head = "import sys\nfrom importlib import import_module\n"
    cls = make(head + UNKNOWN.replace('eval("x")', code))
    run(cls, [1])
    run(cls, [1])

    assert ["one 1", "one 1"] == calls(log)


def test_code_that_changes_meanwhile_keeps_results_out(make: Make, log: Path, tmp_path: Path) -> None:
    """A result of one version of a file is never found by another one."""
    body = fan().replace("return sum(xs)", "touch(); return sum(xs)")
    touch = """
def touch():
    with Path("cached_flow.py").open("a") as file:
        file.write("# more")
"""
    heard: list[str] = []
    run(
        make(touch + body),
        [1],
        report=lambda event: heard.append(event.text) if isinstance(event, Noted) else None,
    )

    assert [text for text in heard if "changed while the run went on" in text]
    calls(log)
    run(make(touch + body), [1])
    assert calls(log) == ["total"]
