"""Show what a run did, step by step: when each ran, how often it was tried, and what failed."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Iterator, Sequence

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.facts import dumps, local_moment, run_facts
from axl.cli.narrate import STATUS_COLOURS, details, headline, span
from axl.cli.options import AsJson, RunName, StoreUrl
from axl.cli.screen import Screen, harmless
from axl.cli.table import table
from axl.io.stores import existing_store
from axl.runtime.history.run import Run
from axl.runtime.history.timeline import Instance, Span, StepSummary

_FAILURES = 10
_BAR = (10, 40)
_INTERRUPTED = "the engine was killed: what it was running then has no record, and runs again"
_FINE = {"done", "cached", "skipped"}


def command(ctx: typer.Context, run: RunName, store: StoreUrl = None, json: AsJson = False) -> int:
    screen = screen_of(ctx)
    shown = api.get_run(run, existing_store(read_settings({"store": store}).store))
    if json:
        screen.data(dumps(run_facts(shown)))
        return 0
    steps = shown.timeline
    failures = _failures(shown) if any(name not in _FINE for step in steps for name, _ in step.counts) else []
    error = [f"\nerror: {harmless(shown.error)}"] if shown.error and not failures else []
    screen.data("\n".join([*_head(shown, screen), "", _table(steps, screen.width), *failures, *error]))
    if shown.status == "interrupted":
        screen.say(f"\n{_INTERRUPTED}; `axl retry {shown.id}` goes on")
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
    killed = sum(each.end is None for each in sessions) - (status == "running")
    if len(sessions) > 1 or killed:
        lines.append(f"sessions  {len(sessions)}" + (f", {killed} killed" if killed else ""))
    if run.params:
        lines.append(f"params    {harmless(run.record.params)}")
    return lines


def _table(steps: tuple[StepSummary, ...], width: int) -> str:
    room = min(max(width - 60, _BAR[0]), _BAR[1])
    whole = list(_sessions(steps))
    rows = [
        [step.node, _counts(step), str(step.attempts or ""), _took(step), _bar(step, whole, room)]
        for step in steps
    ]
    return table(["step", "instances", "attempts", "took", "when"], rows)


def _counts(step: StepSummary) -> str:
    return ", ".join(f"{count} {status}" for status, count in step.counts) or "-"


def _took(step: StepSummary) -> str:
    return span(step.took) if step.started else ""


def _sessions(steps: Iterable[StepSummary]) -> Iterator[Span]:
    """Yield from when to when each session ran steps."""
    spans = sorted((each for step in steps for each in step.spans), key=lambda each: each.session)
    for session, group in itertools.groupby(spans, key=lambda each: each.session):
        found = list(group)
        yield Span(session, min(each.started for each in found), max(each.ended for each in found))


def _bar(step: StepSummary, whole: Sequence[Span], room: int) -> str:
    """Draw when a step ran, on a scale of the time that sessions took, one after the other."""
    total = sum(each.ended - each.started for each in whole)
    if not total:
        return ""
    cells = ["."] * room
    before = 0.0
    for session in whole:
        for part in (each for each in step.spans if each.session == session.session):
            left = int(room * (before + part.started - session.started) / total)
            right = round(room * (before + part.ended - session.started) / total)
            left = min(left, room - 1)
            cells[left : max(right, left + 1)] = "#" * (max(right, left + 1) - left)
        before += session.ended - session.started
    return "".join(cells).rstrip(".")


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
    trace = textwrap.indent(details(instance.failure), "  ")
    log = f"  log: axl logs {run} '{instance.name}'" if instance.printed else ""
    return "\n".join(part for part in (head, trace, log) if part)
