"""Print what the steps of a run printed: every attempt of every instance, or those that are named."""

from __future__ import annotations

from collections.abc import Iterator

from axl import api
from axl.cli.arguments import Options, Parser, add_json, add_run, add_store, whole_number
from axl.cli.config import read_settings
from axl.cli.facts import dumps
from axl.cli.instances import parse_instance
from axl.cli.screen import Screen
from axl.errors import UsageError
from axl.runtime.history import Run, StepView
from axl.wire.address import Index, instance_text
from axl.wire.values import JSON

Log = tuple[str, Index, int, str]
"""Step, index, attempt and text."""


def declare(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument("step", nargs="?", metavar="STEP", help="one step, as load or load[3]; default: all")
    parser.add_argument("--attempt", type=whole_number, metavar="N", help="this attempt only")
    add_store(parser)
    add_json(parser)


def run(given: Options, screen: Screen) -> int:
    shown = api.get_run(given.run, read_settings(vars(given)).store)
    name, index = parse_instance(given.step) if given.step else ("", ())
    steps = [shown.step(name)] if name else [shown.step(each) for each in shown.steps]
    found = (log for step in steps for log in _logs(step, index, given.attempt))
    if given.json:
        screen.data(dumps([_facts(*log) for log in found]))
        return 0
    printed = 0
    for step, place, _, text in found:
        printed += 1
        _print(text, "" if name and place == index else instance_text(step, place), screen)
    if name and not printed:
        _explain_nothing(shown, given.step, index, given.attempt, screen)
    return 0


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
        what = instance_text(name, index)
        raise UsageError(f"{what} has no record in the run {run.id}", hint=f"see `axl show {run.id}`")
    which = f"attempt {attempt} of {text}" if attempt else text
    screen.say(f"{which} printed nothing")
