"""A failure shows the author's frames, and counts those of libraries."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import axl
from axl import Workflow, step

HERE = "tests/unit/runtime/test_failure.py"


def trace_of(body: Any, folder: Path) -> list[str]:
    """Run a step that fails and return its traceback, without the marks under the lines."""
    body.__name__ = "work"
    cls = type("Flow", (Workflow,), {"work": step(body), "__module__": __name__})
    run = axl.run(cls, executor="inline", store=folder)
    [instance] = run.instances()
    assert instance.failure is not None
    lines = instance.failure.traceback.splitlines()
    return [re.sub(r'".*test_failure.py", line \d+', '"here"', line) for line in lines if line.strip(" ^~")]


def test_the_frames_of_libraries_are_counted(tmp_path: Path) -> None:
    """The author's line and the message are shown; what pandas did inside is one line."""

    def work(self: object) -> object:
        return pd.concat([])

    head, frame, source, others, message = trace_of(work, tmp_path)

    assert "Traceback (most recent call last):" == head
    assert '  File "here", in work' == frame
    assert "return pd.concat([])" == source.strip()
    assert re.fullmatch(r"  \.\.\. \d+ frames of pandas; AXL_DEBUG=1 shows them", others)
    assert "ValueError: No objects to concatenate" == message


def test_a_cause_inside_a_library_is_left_out(tmp_path: Path) -> None:
    """That pandas raised one KeyError from another is its own business."""

    def work(self: object) -> object:
        return pd.DataFrame({"a": [1]})["b"]

    trace = trace_of(work, tmp_path)

    assert 1 == trace.count("Traceback (most recent call last):")
    assert "KeyError: 'b'" == trace[-1]


def test_the_authors_own_cause_is_shown(tmp_path: Path) -> None:
    """An error that the author raised from another one keeps both."""

    def work(self: object) -> object:
        try:
            return json.loads("{")
        except ValueError as error:
            raise RuntimeError("no config") from error

    trace = trace_of(work, tmp_path)

    assert 2 == trace.count("Traceback (most recent call last):")
    assert 2 == trace.count('  File "here", in work')
    assert 1 == sum("frames of Python;" in line for line in trace)
    assert "RuntimeError: no config" == trace[-1]


def test_a_function_that_a_library_calls_is_the_authors(tmp_path: Path) -> None:
    """Frames of the author's below those of a library are shown too."""

    def work(self: object) -> object:
        return pd.Series([1]).apply(lambda n: n / "x")

    trace = trace_of(work, tmp_path)

    assert ['  File "here", in work', '  File "here", in <lambda>'] == [
        line for line in trace if "here" in line
    ]


def test_a_library_without_frames_of_the_author_keeps_its_own(tmp_path: Path) -> None:
    """A step that came with an installed package shows that package's frames."""
    from importlib import metadata  # noqa: PLC0415 (Python's own, as a step)

    trace = trace_of(lambda self: metadata.version("no-such-package"), tmp_path)

    assert trace[-1].startswith("importlib.metadata.PackageNotFoundError")


def test_every_frame_is_shown_on_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With AXL_DEBUG the frames of libraries stay."""
    monkeypatch.setenv("AXL_DEBUG", "1")

    def work(self: object) -> object:
        return pd.concat([])

    trace = trace_of(work, tmp_path)

    assert any("pandas" in line and "File" in line for line in trace)
    assert not any("AXL_DEBUG" in line for line in trace)


@pytest.mark.parametrize("executor", ["inline", "process"])
def test_a_step_that_interrupts_itself_fails_by_that_name(executor: str, tmp_path: Path) -> None:
    """Only signals stop a run; the exception alone is a failure like any other, with its line."""
    run = axl.run(Interrupts, executor=executor, store=tmp_path, report=print)

    [instance] = run.instances()

    assert "failed" == run.status
    assert instance.failure is not None
    assert "KeyboardInterrupt" == instance.failure.error
    assert "raise KeyboardInterrupt" in instance.failure.traceback


def test_a_secret_that_is_not_here_is_nobodys_line(tmp_path: Path) -> None:
    """The message says it all; no frame is to blame."""
    run = axl.run(Secretive, executor="inline", store=tmp_path, report=print)

    [instance] = run.instances()

    assert instance.failure is not None
    assert "the secret 'axl-test-secret' is not here" in instance.failure.message
    assert not instance.failure.traceback


class Interrupts(Workflow):
    @step
    def work(self) -> int:
        raise KeyboardInterrupt

    def graph(self) -> int:
        return self.work()


class Secretive(Workflow):
    @step(secrets={"AXL_TEST_SECRET": "axl-test-secret"})
    def work(self) -> int:
        return 1

    def graph(self) -> int:
        return self.work()
