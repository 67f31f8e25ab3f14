"""Show what a run did, step by step: when each ran, how often it was tried, and what failed."""

from __future__ import annotations

import textwrap

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.facts import dumps, local_moment, run_facts
from axl.cli.narrate import STATUS_COLOURS, headline, span
from axl.cli.options import AsJson, RunName, StoreUrl
from axl.cli.screen import Screen, harmless
from axl.cli.table import table
from axl.runtime.history import Run
from axl.runtime.timeline import Instance, StepSummary

_FAILURES = 10
_BAR = (10, 40)
_FINE = {"done", "cached", "skipped"}


def command(ctx: typer.Context, run: RunName, store: StoreUrl = None, json: AsJson = False) -> int:
    screen = screen_of(ctx)
    shown = api.get_run(run, read_settings({"store": store}).store)
    if json:
        screen.data(dumps(run_facts(shown)))
        return 0
    steps = shown.timeline
    failures = _failures(shown) if any(name not in _FINE for step in steps for name, _ in step.counts) else []
    error = [f"\nerror: {harmless(shown.error)}"] if shown.error and not failures else []
    screen.data("\n".join([*_head(shown, screen), "", _table(steps, screen.width), *failures, *error]))
    return 0


def _head(run: Run, screen: Screen) -> list[str]:
    status = run.status
    sessions = run.sessions
    lines = [
        f"run       {harmless(run.id)}",
        f"workflow  {harmless(run.workflow)} ({harmless(run.record.source)})",
        f"status    {screen.out.paint(status, STATUS_COLOURS.get(status, 'dim'))}",
        f"created   {local_moment(run.created)}, took {span(run.seconds)}",
    ]
    if len(sessions) > 1:
        lines.append(f"sessions  {len(sessions)}")
    if run.params:
        lines.append(f"params    {harmless(run.record.params)}")
    return lines


def _table(steps: tuple[StepSummary, ...], width: int) -> str:
    began = min((step.started for step in steps if step.started), default=0.0)
    ended = max((step.ended for step in steps), default=0.0)
    room = min(max(width - 60, _BAR[0]), _BAR[1])
    rows = [
        [step.node, _counts(step), str(step.attempts or ""), _took(step), _bar(step, began, ended, room)]
        for step in steps
    ]
    return table(["step", "instances", "attempts", "took", "when"], rows)


def _counts(step: StepSummary) -> str:
    return ", ".join(f"{count} {status}" for status, count in step.counts) or "-"


def _took(step: StepSummary) -> str:
    return span(step.ended - step.started) if step.started else ""


def _bar(step: StepSummary, began: float, ended: float, room: int) -> str:
    """Draw when a step ran, on a scale from the first start to the last end."""
    if not step.started or ended <= began:
        return ""
    left = int(room * (step.started - began) / (ended - began))
    right = round(room * (step.ended - began) / (ended - began))
    return "." * min(left, room - 1) + "#" * max(right - left, 1)


def _failures(run: Run) -> list[str]:
    lines: list[str] = []
    more = 0
    for instance in run.instances():
        if instance.failure is None:
            continue
        if len(lines) < _FAILURES:
            lines.append(_failure(instance, run.id))
        else:
            more += 1
    rest = [f"\n... and {more} more; --json has them all"] if more else []
    return [*(f"\n{line}" for line in lines), *rest]


def _failure(instance: Instance, run: str) -> str:
    assert instance.failure is not None
    head = f"{instance.name} {instance.status}, attempt {instance.attempts}: {headline(instance.failure)}"
    trace = textwrap.indent(harmless(instance.failure.traceback).rstrip(), "  ")
    return "\n".join(part for part in (head, trace, f"  log: axl logs {run} '{instance.name}'") if part)
