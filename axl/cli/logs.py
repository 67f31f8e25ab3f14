"""Print what the steps of a run printed: every attempt of every instance, or those that are named.

With --target this is what the orchestrator itself wrote down of the run, asked at --url.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.facts import dumps
from axl.cli.instances import parse_instance
from axl.cli.logs_there import print_log
from axl.cli.options import AsJson, RunName, StepName, StoreUrl, whole_number
from axl.cli.screen import Screen
from axl.cli.status import OtherTarget, ServerUrl, instance_of
from axl.errors import UsageError
from axl.io.stores import existing_store
from axl.runtime.history.run import Run, StepView
from axl.wire.address import Index, instance_text
from axl.wire.values import JSON

Log = tuple[str, Index, int, str]
"""Step, index, attempt and text."""


def command(
    ctx: typer.Context,
    run: RunName,
    step: StepName = None,
    attempt: Annotated[
        int | None,
        typer.Option("--attempt", parser=whole_number, metavar="N", help="This attempt only."),
    ] = None,
    store: StoreUrl = None,
    json: AsJson = False,
    *,
    target: OtherTarget = None,
    url: ServerUrl = None,
) -> int:
    screen = screen_of(ctx)
    if target is not None:
        print_log(instance_of(target, url), run, step, attempt, json, screen)
        return 0
    shown = api.get_run(run, existing_store(read_settings({"store": store}).store))
    name, index = parse_instance(step) if step else ("", ())
    steps = [shown.step(name)] if name else [shown.step(each) for each in shown.steps]
    if attempt is not None:
        _check_attempt(shown, steps, index, attempt, step)
    found = (log for each in steps for log in _logs(each, index, attempt))
    if json:
        screen.data(dumps([_facts(*log) for log in found]))
        return 0
    printed = False
    for (node, place), group in itertools.groupby(found, key=lambda log: log[:2]):
        printed = True
        logs = list(group)
        for _, _, number, text in logs:
            who = "" if name and place == index else instance_text(node, place)
            _print(text, f"{who} attempt {number}".strip() if len(logs) > 1 else who, screen)
    if step and not printed:
        _explain_nothing(shown, step, index, attempt, screen)
    return 0


def _check_attempt(
    run: Run, steps: Sequence[StepView], index: Index, attempt: int, named: str | None
) -> None:
    """Refuse an attempt that none of the instances in question had."""
    tries = [each.attempts for step in steps for each in step.instances if each.index[: len(index)] == index]
    most = max(tries, default=attempt)
    if attempt > most:
        who = f"{named} has no" if named else "no step has an"
        hint = "there is only attempt 1" if most == 1 else f"there are attempts 1 to {most}"
        raise UsageError(f"{who} attempt {attempt} in the run {run.id}", hint=hint)


def _logs(step: StepView, index: Index, attempt: int | None) -> Iterator[Log]:
    return ((step.name, *log) for log in step.logs(index) if attempt in {None, log[1]})


def _facts(step: str, index: Index, attempt: int, text: str) -> JSON:
    return {"step": step, "index": list(index), "attempt": attempt, "text": text}


def _print(text: str, name: str, screen: Screen) -> None:
    lines = text.removesuffix("\n").split("\n")
    screen.data("\n".join(f"{name} | {line}" for line in lines) if name else "\n".join(lines))


def _explain_nothing(run: Run, text: str, index: Index, attempt: int | None, screen: Screen) -> None:
    name, _ = parse_instance(text)
    there = [each for each in run.step(name).instances if each.index[: len(index)] == index]
    if not there:
        raise run.step(name).no_result(index)
    which = f"attempt {attempt} of {text}" if attempt else text
    screen.say(f"{which} printed nothing")
