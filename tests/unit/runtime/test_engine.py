"""What the engine promises beyond results: order, retries, exits, resuming, and what authors' tests can see."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import ClassVar

import pytest

import axl
import axl.testing
from axl import Retry, Secret, Workflow, step
from axl.testing import FakeClock
from axl.wire.events import Event, RunStarted, TaskPrinted, TaskRetried, TaskStarted


class Exits(Workflow):
    @step
    def work(self, fail: bool) -> int:
        if fail:
            raise ValueError("no luck")
        return 1

    on_exit = "leave"

    @step
    def leave(self, status: str, error: str, run_id: str) -> str:
        print("leaving")
        return f"{status}|{error}|{bool(run_id)}"

    def graph(self, fail: bool = False) -> int:
        return self.work(fail)


class ExitFails(Exits):
    @step
    def leave(self, status: str, error: str, run_id: str) -> str:
        raise OSError("cannot leave")


@pytest.mark.parametrize("executor", ["inline", "process"])
@pytest.mark.parametrize(
    ("fail", "status", "told"),
    [(False, "succeeded", "succeeded||True"), (True, "failed", "failed|work: ValueError: no luck|True")],
)
def test_the_exit_step_runs_last_whatever_happened(
    fail: bool, status: str, told: str, executor: str, tmp_path: Path
) -> None:
    """It is told how the run went, and does not change that."""
    run = axl.run(Exits, {"fail": fail}, executor=executor, store=tmp_path / "store")

    assert status == run.status
    assert told == run.step("leave").output
    assert run.logs("leave").strip() == "leaving"


def test_an_exit_step_that_fails_fails_the_run() -> None:
    """A success whose exit step failed is none."""
    run = axl.testing.run(ExitFails)

    assert run.status == "failed"
    assert "cannot leave" in run.error


class Flaky(Workflow):
    @step(retries=Retry(attempts=4, delay=10, factor=3, max_delay=60))
    def work(self) -> int:
        raise ConnectionError("down")

    @step(retries=Retry(attempts=4, on=(ConnectionError,)))
    def picky(self) -> int:
        raise ValueError("wrong")

    def graph(self) -> list[int]:
        return [self.work(), self.picky()]


def test_retries_wait_longer_each_time_and_only_for_the_named_errors() -> None:
    """Ten, thirty, then the most of sixty seconds; another error is not tried again."""
    clock = FakeClock()

    run = axl.testing.run(Flaky, clock=clock, keep_going=True)

    assert run.step("work").attempts == 4
    assert run.step("picky").attempts == 1
    assert clock.now() == pytest.approx(100)


class Jitter(Workflow):
    @step(retries=Retry(attempts=3, delay=0.01, jitter=1.0))
    def work(self) -> int:
        raise ConnectionError("down")

    def graph(self) -> int:
        return self.work()


def test_jitter_only_shortens_a_wait(tmp_path: Path) -> None:
    """With full jitter every wait lies between nothing and the whole."""
    heard: list[Event] = []

    axl.run(Jitter, executor="inline", store=tmp_path / "store", report=heard.append)

    waits = [event.wait for event in heard if isinstance(event, TaskRetried)]
    assert len(waits) == 2
    assert 0 <= waits[0] <= 0.01
    assert 0 <= waits[1] <= 0.02


class Wide(Workflow):
    max_parallel = 2

    @step
    def work(self, n: int) -> int:
        time.sleep(0.02)
        return n

    def graph(self) -> list[int]:
        return [self.work(n) for n in range(6)]


def test_no_more_run_at_once_than_the_workflow_allows(tmp_path: Path) -> None:
    """max_parallel holds whatever the number of workers."""
    live = most = 0
    heard: list[Event] = []

    def report(event: Event) -> None:
        nonlocal live, most
        heard.append(event)
        live += 1 if isinstance(event, TaskStarted) else -1 if type(event).__name__ == "TaskFinished" else 0
        most = max(most, live)

    run = axl.run(Wide, executor="thread", workers=6, store=tmp_path / "store", report=report)

    assert run.result == list(range(6))
    assert most == 2


class Environment(Workflow):
    env: ClassVar = {"COLOR": "red", "SIZE": "small"}

    @step(env={"SIZE": "large"}, secrets=[Secret(env="TOKEN", name="api-token")])
    def look(self) -> list[str | None]:
        return [os.environ.get(name) for name in ("COLOR", "SIZE", "TOKEN")]

    @step
    def after(self, _seen: list[str | None]) -> list[str | None]:
        return [os.environ.get(name) for name in ("COLOR", "SIZE", "TOKEN")]

    def graph(self) -> list[list[str | None]]:
        seen = self.look()
        return [seen, self.after(seen)]


def test_a_step_sees_its_variables_and_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A secret comes from the environment of the run, and only the steps that name it get it by that name."""
    monkeypatch.setenv("api-token", "s3cret")

    run = axl.run(Environment, store=tmp_path / "store", executor="process")

    assert run.result == [["red", "large", "s3cret"], ["red", "small", None]]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "store").glob("records.db*"))
    assert b"api-token" not in everything.replace(b'"name":"api-token"', b"")


def test_a_secret_that_is_not_there_fails_the_step_by_name() -> None:
    """The message says which variable to set."""
    run = axl.testing.run(Environment)

    assert "the secret 'api-token' is not here" in run.error


class Resumed(Workflow):
    @step
    def first(self, folder: str) -> int:
        Path(folder, f"first-{time.time_ns()}").touch()
        return 1

    @step
    def second(self, n: int, folder: str) -> int:
        if not Path(folder, "ready").exists():
            raise FileNotFoundError("not ready")
        return n + 1

    def graph(self, folder: str) -> int:
        return self.second(self.first(folder), folder)


def test_the_same_call_again_goes_on_after_a_failure(tmp_path: Path) -> None:
    """What is committed is not run again; the run is the same one; --fresh begins another."""
    flags = tmp_path / "flags"
    flags.mkdir()
    params = {"folder": str(flags)}
    heard: list[Event] = []

    broken = axl.run(Resumed, params, store=tmp_path / "store")
    assert broken.status == "failed"
    (flags / "ready").touch()
    fixed = axl.run(Resumed, params, store=tmp_path / "store", report=heard.append)
    fresh = axl.run(Resumed, params, store=tmp_path / "store", fresh=True)

    assert (fixed.status, fresh.status) == ("succeeded", "succeeded")
    assert broken.id == fixed.id != fresh.id
    assert [event.continued for event in heard if isinstance(event, RunStarted)] == [True]
    assert len(list(flags.glob("first-*"))) == 2


def test_a_run_that_succeeded_is_not_continued(tmp_path: Path) -> None:
    """The same call after a success is another run."""
    first = axl.run(Wide, store=tmp_path / "store", executor="inline")
    second = axl.run(Wide, store=tmp_path / "store", executor="inline")

    assert first.id != second.id


class Prints(Workflow):
    @step
    def talk(self, n: int) -> int:
        print(f"n is {n}")
        print("no line break", end="")
        return n

    def graph(self) -> list[int]:
        return self.talk.map([1, 2])


@pytest.mark.parametrize("executor", ["inline", "thread", "process"])
def test_what_a_step_prints_is_told_and_kept(executor: str, tmp_path: Path) -> None:
    """Whole lines reach the reporter with the step's name, and the log of each item has its own."""
    heard: list[Event] = []

    run = axl.run(Prints, executor=executor, workers=2, store=tmp_path / "store", report=heard.append)

    told = {
        (event.index, line)
        for event in heard
        if isinstance(event, TaskPrinted)
        for line in event.text.splitlines()
    }
    assert told == {(i, text) for i, n in (((0,), 1), ((1,), 2)) for text in (f"n is {n}", "no line break")}
    assert "n is 1\nno line break" in run.logs("talk")


class Mocked(Workflow):
    @step
    def load(self, month: int) -> list[int]:
        raise AssertionError("the network is not for tests")

    @step
    def total(self, months: list[list[int]]) -> int:
        return sum(sum(month) for month in months)

    def graph(self, months: list[int] = [1, 2]) -> int:
        return self.total(self.load.map(months))


def test_authors_can_replace_steps() -> None:
    """A mock is a value or a function of the step's arguments; the others are real."""
    by_value = axl.testing.run(Mocked, mocks={"load": [1, 2, 3]})
    by_call = axl.testing.run(Mocked, {"months": [5]}, mocks={"load": lambda month: [month]})

    assert (by_value.result, by_call.result) == (12, 5)
    assert by_call.step("load").output == [[5]]
    with pytest.raises(axl.AxlError, match="no step 'lod'"):
        axl.testing.run(Mocked, mocks={"lod": 1})


def test_the_plugin_gives_the_same_as_a_fixture(axl_run: object) -> None:
    """`axl_run` needs no import."""
    run = axl_run(Mocked, mocks={"load": [1]})  # type: ignore[operator]

    assert run.result == 2
