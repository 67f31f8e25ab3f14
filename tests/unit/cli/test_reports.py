"""What a run says while it runs: plain lines, JSON lines, and bars on a terminal."""

from __future__ import annotations

import io
import json
import re

import pytest

from axl.cli.report_json import json_lines
from axl.cli.report_live import live
from axl.cli.report_plain import plain
from axl.cli.reporting import reporting
from axl.cli.screen import LogFormat, Screen
from axl.ir.nodes import Block, Const, In, IRWorkflow, Map, Out, Output, Task
from axl.wire.events import (
    Event,
    MapStarted,
    RunFinished,
    RunStarted,
    Stopping,
    TaskFinished,
    TaskPrinted,
    TaskRetried,
    TaskStarted,
)
from axl.wire.outcome import Failure

RESULT = Output(name="result", type="int", handler="pickle", ext="pkl")
TRACE = 'Traceback (most recent call last):\n  File "birds.py", line 12, in load\n    1 / 0\nZeroDivisionError: division by zero\n'
FAILURE = Failure(kind="exception", error="ZeroDivisionError", message="division by zero", traceback=TRACE)
STARTED = RunStarted(run="birds-1", workflow="birds", executor="process", workers=2, continued=False, tasks=2)


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def program() -> IRWorkflow:
    load = Task(id="load", step="load", args=(("x", In("x")),), outputs=(RESULT,))
    total = Task(id="total", step="total", args=(("xs", Out("load_map")),), outputs=(RESULT,))
    body = Block(inputs=("x",), nodes=(load,), result=Out("load"))
    each = Map(id="load_map", over=(Const("[1, 2]"),), items=("x",), body=body)
    return IRWorkflow(
        name="birds", source="birds:Birds", body=Block(nodes=(each, total), result=Out("total"))
    )


def finished(index: int, **changes: object) -> TaskFinished:
    values: dict[str, object] = {"attempt": 1, "status": "done", "seconds": 0.12, **changes}
    return TaskFinished(node="load", index=(index,), **values)  # type: ignore[arg-type]


def plain_lines(*events: Event) -> list[str]:
    err = io.StringIO()
    with plain(program(), Screen(None, err)) as report:
        for event in events:
            report(event)
    return [re.sub(r"^\d\d:\d\d:\d\d ", "TIME ", line) for line in err.getvalue().splitlines()]


def test_a_line_has_the_time_the_count_and_what_ended() -> None:
    """Successes are one line each, with how many are done of how many that are known of."""
    lines = plain_lines(
        STARTED, MapStarted(node="load_map", index=(), count=2), finished(0), finished(1, attempt=3)
    )

    assert [
        "TIME starting birds-1 (process, 2 workers)",
        "TIME 1/3 load[0] done in 0.12s",
        "TIME 2/3 load[1] done in 0.12s (attempt 3)",
    ] == lines


def test_a_failure_shows_the_authors_frames_and_where_the_log_is() -> None:
    """The step, the item, the attempt, the error, the frames, and the command that prints its log."""
    printed = TaskPrinted(node="load", index=(1,), text="hello\n")
    lines = plain_lines(STARTED, printed, finished(1, attempt=2, status="failed", failure=FAILURE))
    silent = plain_lines(STARTED, finished(1, status="failed", failure=FAILURE))

    assert [
        "TIME 1/1 load[1] failed in 0.12s (attempt 2): ZeroDivisionError: division by zero",
        "    Traceback (most recent call last):",
        '      File "birds.py", line 12, in load',
        "        1 / 0",
        "    ZeroDivisionError: division by zero",
        "    what it printed: axl logs birds-1 'load[1]'",
    ] == lines[2:]
    assert not any("axl logs" in line for line in silent)


def test_a_failure_without_frames_is_told_once() -> None:
    """Of an error that axl raised the headline says what, and only the hint follows."""
    failure = Failure(
        kind="output",
        error="UnsupportedError",
        message="the result cannot be stored",
        traceback="axl.errors.UnsupportedError: the result cannot be stored\n\nhint: return the data itself\n",
    )
    lines = plain_lines(STARTED, finished(1, status="failed", failure=failure))

    assert [
        "TIME 1/1 load[1] failed in 0.12s: UnsupportedError: the result cannot be stored",
        "    hint: return the data itself",
    ] == lines[1:]


@pytest.mark.parametrize("trace", ["hint: return int", "", TRACE], ids=["only the hint", "none", "frames"])
def test_the_hint_of_a_failure_is_told_once(trace: str) -> None:
    """It comes last, wherever the failure has it."""
    failure = Failure(
        kind="output", error="TypeError", message="load returned str\n\nhint: return int", traceback=trace
    )
    lines = plain_lines(STARTED, finished(1, status="failed", failure=failure))

    assert "    hint: return int" == lines[-1]
    assert 1 == sum("hint" in line for line in lines)


def test_many_failures_are_one_line_each() -> None:
    """Only the first five have their frames; that the rest are short is said once."""
    lines = plain_lines(STARTED, *(finished(i, status="failed", failure=FAILURE) for i in range(8)))

    assert 5 == sum("Traceback" in line for line in lines)
    assert 8 == sum("failed in" in line for line in lines)
    assert 1 == sum("one line each" in line for line in lines)


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (
            Failure(kind="timeout", error="Timeout", message="ran longer than its timeout of 5 s"),
            "ran longer than its timeout of 5 s",
        ),
        (
            Failure(kind="signal", error="SIGKILL", message="its process was killed by signal 9"),
            "its process was killed by signal 9",
        ),
        (Failure(kind="exception", error="KeyError", message="'a'\nb"), "KeyError: 'a'"),
        (Failure(kind="exception", error="Empty", message=""), "Empty"),
        (Failure(kind="exception", error="E", message="\x1b[2J"), "E: \\x1b[2J"),
    ],
)
def test_a_failure_has_a_headline(failure: Failure, text: str) -> None:
    """One line says how an attempt failed, whatever it failed of."""
    (_, line, *_) = plain_lines(STARTED, finished(0, status="failed", failure=failure))

    assert line.endswith(f"0.12s: {text}")


def test_a_retry_says_why_and_when() -> None:
    """The attempt that failed, its error, and the wait before the next."""
    event = TaskRetried(node="load", index=(4,), attempt=1, wait=2.5, failure=FAILURE)

    (line,) = plain_lines(event)

    assert "TIME load[4] retried after attempt 1: ZeroDivisionError: division by zero; again in 2.50s" == line


def test_what_a_step_prints_carries_its_name() -> None:
    """Every line of it, with what would steer a terminal escaped."""
    lines = plain_lines(TaskPrinted(node="load", index=(4,), text="one\n\x1b[2Jtwo\n"))

    assert ["load[4] | one", "load[4] | \\x1b[2Jtwo"] == lines


def test_results_that_were_there_are_counted_and_not_told() -> None:
    """A continued run says so once; what it finds is in the count."""
    started = RunStarted(
        run="birds-1", workflow="birds", executor="inline", workers=1, continued=True, tasks=2
    )
    lines = plain_lines(
        started, MapStarted(node="load_map", index=(), count=2), finished(0, status="continued"), finished(1)
    )

    assert [
        "TIME going on with birds-1 (inline, 1 worker)",
        "  what is committed is not run again; --fresh starts anew",
        "TIME 2/3 load[1] done in 0.12s",
    ] == lines


def test_a_large_map_does_not_flood() -> None:
    """Of thousands of successes few are told, of failures all."""
    events = [MapStarted(node="load_map", index=(), count=5000), *(finished(i) for i in range(5000))]
    lines = plain_lines(STARTED, *events, finished(5001, status="failed", failure=FAILURE))

    assert len(lines) < 20
    assert any("load[5001] failed" in line for line in lines)


def test_the_end_is_a_summary() -> None:
    """Status, time and counts; after a failure, how to go on."""
    good = RunFinished(run="birds-1", status="succeeded", seconds=75.2, counts=(("done", 3),))
    bad = RunFinished(
        run="birds-1", status="failed", seconds=1, counts=(("done", 2), ("failed", 1)), error="x"
    )

    assert ["TIME birds-1 succeeded in 1m15s: 3 done"] == plain_lines(good)
    assert [
        "TIME birds-1 failed in 1.00s: 2 done, 1 failed",
        "  `axl retry birds-1` goes on from here, also after a step was mended",
    ] == plain_lines(bad)


def test_a_stop_says_what_is_waited_for() -> None:
    """One line: the signal, how many steps, how long, and how to force it."""
    (line,) = plain_lines(Stopping(signal="SIGINT", waiting=2, grace=10.0))

    assert "TIME stopping (SIGINT): 2 steps may take 10 s to end; once more to force" == line


def test_json_lines_hold_every_event() -> None:
    """A program reads one object a line, with time, event, name and the event's own fields."""
    err = io.StringIO()
    events: list[Event] = [
        STARTED,
        MapStarted(node="load_map", index=(), count=2),
        TaskStarted(node="load", index=(1,), attempt=1),
        TaskPrinted(node="load", index=(1,), text="\x1b\u2028\n"),
        TaskRetried(node="load", index=(1,), attempt=1, wait=0.5, failure=FAILURE),
        finished(1),
        Stopping(signal="SIGTERM", waiting=1, grace=1),
        RunFinished(run="birds-1", status="failed", seconds=1, counts=(("done", 2),), error="x"),
    ]
    with json_lines(Screen(None, err)) as report:
        for event in events:
            report(event)

    lines = [json.loads(line) for line in err.getvalue().split("\n")[:-1]]
    assert [
        "run_started",
        "map_started",
        "task_started",
        "task_printed",
        "task_retried",
        "task_finished",
        "stopping",
        "run_finished",
    ] == [line["event"] for line in lines]
    assert "load[1]" == lines[2]["name"]
    assert "ZeroDivisionError" == lines[4]["failure"]["error"]
    assert {"done": 2} == lines[7]["counts"]
    assert all("time" in line for line in lines)


def live_text(monkeypatch: pytest.MonkeyPatch, columns: int, *events: Event) -> str:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", "24")
    err = Terminal()
    with live(program(), Screen(None, err)) as report:
        for event in events:
            report(event)
            report.draw()  # type: ignore[attr-defined]  # without waiting for the thread
    return err.getvalue()


CONTROL = r"\x1b\[\??[\d;]*[a-zA-Z]"


def seen(text: str) -> list[str]:
    """Return what is left on a terminal after some output: only cursor up and clearing are known."""
    rows: list[str] = [""]
    for part in re.split(rf"({CONTROL}|\n|\r)", text):
        if part == "\n":
            rows.append("")
        elif part == "\x1b[1A":
            rows.pop()
        elif part == "\x1b[2K":
            rows[-1] = ""
        elif not re.fullmatch(rf"{CONTROL}|\r", part):
            rows[-1] += part
    return rows


def test_the_bars_go_and_what_matters_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end there are failures, output and the summary, and no bar."""
    text = live_text(
        monkeypatch,
        80,
        STARTED,
        MapStarted(node="load_map", index=(), count=2),
        TaskStarted(node="load", index=(0,), attempt=1),
        TaskPrinted(node="load", index=(0,), text="hello\n"),
        finished(0),
        finished(1, status="failed", failure=FAILURE),
        RunFinished(
            run="birds-1", status="failed", seconds=1, counts=(("done", 1), ("failed", 1)), error="x"
        ),
    )

    left = "\n".join(seen(text))
    assert "1/2" in text
    assert "━" in text
    assert "━" not in left
    assert "load[0] | hello" in left
    assert "load[1] failed in 0.12s: ZeroDivisionError: division by zero" in left
    assert "birds-1 failed in 1.00s: 1 done, 1 failed" in left


@pytest.mark.parametrize("columns", [1, 2, 10, 20, 40, 500])
def test_no_line_of_the_bars_is_wider_than_the_terminal(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """A wrapped line would be counted wrong and leave rubbish behind."""
    text = live_text(
        monkeypatch,
        columns,
        MapStarted(node="load_map", index=(), count=100_000),
        *(TaskStarted(node="load", index=(i,), attempt=1) for i in range(10)),
    )

    drawn = re.split(r"[\r\n]", re.sub(CONTROL, "", text))
    assert max(map(len, drawn)) <= columns


def test_colours_stay_away_without_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR the bars are there, the colours are not."""
    monkeypatch.setenv("NO_COLOR", "1")
    text = live_text(monkeypatch, 80, STARTED, finished(1, status="failed", failure=FAILURE))

    assert "\x1b[31m" not in text
    assert "failed" in text


def test_the_reporter_fits_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON where asked for, silence where asked for, bars on a terminal, else lines; a signal is remembered."""
    monkeypatch.setenv("TERM", "xterm")
    said: dict[str, str] = {}
    cases: list[tuple[str, io.StringIO, LogFormat, bool]] = [
        ("json", io.StringIO(), "json", False),
        ("quiet", io.StringIO(), "text", True),
        ("terminal", Terminal(), "text", False),
        ("plain", io.StringIO(), "text", False),
    ]
    for name, stream, log_format, quiet in cases:
        screen = Screen(None, stream)
        screen.log_format = log_format
        with reporting(program(), screen, quiet) as heard:
            heard(STARTED)
            heard(Stopping(signal="SIGTERM", waiting=0, grace=1))
        assert "SIGTERM" == heard.signal
        said[name] = stream.getvalue()

    assert "" == said["quiet"]
    assert said["json"].startswith("{")
    assert said["terminal"].startswith("\x1b[?25l")
    assert re.match(r"\d\d:\d\d:\d\d starting birds-1", said["plain"])
