"""Prints what an orchestrator wrote down of a run: its own events, also of steps that never began."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from axl.cli.facts import dumps
from axl.cli.screen import Screen
from axl.deploy.dagster import Instance, Line
from axl.errors import UsageError
from axl.wire.values import JSON


def print_log(
    instance: Instance, run: str, step: str | None, attempt: int | None, json: bool, screen: Screen
) -> None:
    """Print the log of a run, or that of one step; `UsageError` for what the log does not tell."""
    if attempt is not None:
        raise UsageError("Dagster's log does not tell attempts apart", hint="leave --attempt or --target out")
    lines = [line for line in instance.logs(run) if step is None or step in _names(line)]
    if json:
        screen.data(dumps([_facts(line) for line in lines]))
        return
    for line in lines:
        when = datetime.fromtimestamp(line.time).astimezone().strftime("%H:%M:%S")
        head = f"{when} {line.step}".rstrip()
        screen.data("\n".join(f"{head} | {text}" for text in line.text.split("\n")))
    if step is not None and not lines:
        raise UsageError(f"Dagster's log of {run} has nothing of a step {step!r}")


def _names(line: Line) -> Iterator[str]:
    """Yield how the step of a line may be named: as Dagster does, `load[3]`, or by its op."""
    yield line.step
    yield line.step.partition("[")[0]


def _facts(line: Line) -> JSON:
    return {"time": line.time, "step": line.step, "text": line.text}
