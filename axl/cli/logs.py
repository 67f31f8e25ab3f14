"""Print what the steps of a run printed: every attempt of every instance, or those that are named."""

from __future__ import annotations

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


def declare(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument("step", nargs="?", metavar="STEP", help="one step, as load or load[3]; default: all")
    parser.add_argument("--attempt", type=whole_number, metavar="N", help="this attempt only")
    add_store(parser)
    add_json(parser)


def run(given: Options, screen: Screen) -> int:
    shown = api.get_run(given.run, read_settings(vars(given)).store)
    if given.json:
        screen.data(dumps(_facts(shown, given.step, given.attempt)))
        return 0
    if given.step is None:
        for name in shown.steps:
            _print_step(shown.step(name), (), given.attempt, screen, named=True)
        return 0
    name, index = parse_instance(given.step)
    if not _print_step(shown.step(name), index, given.attempt, screen, named=False):
        _explain_nothing(shown, given.step, index, given.attempt, screen)
    return 0


def _facts(shown: Run, named: str | None, attempt: int | None) -> list[JSON]:
    """Return every log that is asked for, in order of steps, instances and attempts."""
    wanted, index = parse_instance(named) if named else ("", ())
    return [
        {"step": name, "index": list(instance.index), "attempt": number, "text": text}
        for name in ([wanted] if wanted else shown.steps)
        for instance in shown.step(name).instances
        if not index or instance.index[: len(index)] == index
        for number, text in shown.step(name).attempt_logs(instance.index)
        if attempt in {None, number} and text
    ]


def _print_step(step: StepView, index: Index, attempt: int | None, screen: Screen, *, named: bool) -> bool:
    """Print a step's logs, and say whether there were any; with many instances each line says whose it is."""
    found = False
    for instance in step.instances:
        if index and instance.index[: len(index)] != index:
            continue
        for number, text in step.attempt_logs(instance.index):
            if attempt in {None, number} and text:
                found = True
                _print(text, instance.name if named or instance.index != index else "", screen)
    return found


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
