"""Read everything in a store, and say what is lost or damaged, and which steps it concerns.

Exits with 4 when something is wrong, with --repair only when something is still wrong afterwards.
"""

from __future__ import annotations

from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.facts import dumps
from axl.cli.options import AsJson, StoreUrl
from axl.cli.screen import Screen, harmless
from axl.cli.table import counted, size
from axl.io.stores import existing_store
from axl.runtime.housekeeping.repair import Repaired
from axl.runtime.housekeeping.verify import Finding, Verdict
from axl.wire.values import JSON

WRONG = 4
_MANY = 40
_LOST = "--repair cannot mend this: without its list of records a store knows none of its runs and results"
_NO_RECORDS = (
    "there are objects and no records. A collection that kept no run leaves recent objects behind;"
    " if no `axl gc` removed the runs, their records are lost"
)


def command(
    ctx: typer.Context,
    *,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Remove what is damaged and what needs it, so that it is computed again."
        ),
    ] = False,
    store: StoreUrl = None,
    json: AsJson = False,
) -> int:
    screen = screen_of(ctx)
    opened = existing_store(read_settings({"store": store}).store)
    try:
        verdict = api.verify(opened)
        repaired = api.repair(verdict, opened) if repair and verdict.findings else None
    finally:
        opened.close()
    if json:
        screen.data(dumps(_facts(verdict, repaired)))
    else:
        _tell(verdict, repaired, screen)
    left = verdict.findings if repaired is None else repaired.left
    return WRONG if left else 0


def _facts(verdict: Verdict, repaired: Repaired | None) -> dict[str, JSON]:
    facts: dict[str, JSON] = {
        "records": verdict.records,
        "objects": verdict.objects,
        "bytes": verdict.bytes,
        "findings": [_finding(each) for each in verdict.findings],
    }
    if repaired is not None:
        facts["repaired"] = {
            "affected": list(repaired.affected),
            "removed": list(repaired.removed),
            "records": repaired.records,
            "objects": repaired.objects,
            "left": [_finding(each) for each in repaired.left],
        }
    return facts


def _finding(each: Finding) -> JSON:
    return {
        "kind": each.kind,
        "run": each.run or None,
        "step": each.step or None,
        "record": each.key or None,
        "object": each.digest or None,
        "what": each.what,
        "hint": each.hint or None,
    }


def _tell(verdict: Verdict, repaired: Repaired | None, screen: Screen) -> None:
    _list(verdict.findings, screen)
    read = f"{verdict.records} records, {verdict.objects} objects, {size(verdict.bytes)}"
    screen.data(f"{read}: {_summary(verdict)}")
    if repaired is not None:
        _tell_repaired(repaired, screen)
    elif any(not each.hint for each in verdict.findings):
        screen.say(
            f"\nhint: axl verify --repair removes it, so that the same command computes it again{_whole(verdict)}"
        )
    if _lacks_records(verdict):
        screen.say(f"\nnote: {_NO_RECORDS}")
    _tell_what_repair_cannot(verdict, screen)


def _summary(verdict: Verdict) -> str:
    if _lacks_records(verdict):
        return "nothing that is there is damaged, but no record is there"
    match len(verdict.findings):
        case 0:
            return "nothing is wrong"
        case 1:
            return "1 thing is wrong"
        case count:
            return f"{count} things are wrong"


def _lacks_records(verdict: Verdict) -> bool:
    """Say whether records may be lost: nobody can tell that from a collection of all runs."""
    return verdict.objects > 0 and not verdict.records and not verdict.findings


def _whole(verdict: Verdict) -> str:
    """Say which runs a repair would remove whole, and how to keep them."""
    runs = {each.run for each in verdict.findings if each.kind == "header" and each.run}
    if not runs:
        return ""
    return (
        f"; {counted(len(runs), 'run')} would go whole, because a header or a program is damaged. A lost program"
        " is written again by the command that ran it: give that command first"
    )


def _tell_what_repair_cannot(verdict: Verdict, screen: Screen) -> None:
    hints = dict.fromkeys(each.hint for each in verdict.findings if each.hint)
    for hint in hints:
        kept = f"; all {counted(verdict.objects, 'object')} could be read" if _are_sound(verdict) else ""
        screen.say(f"\n{_LOST}{kept}\n\nhint: {hint}")


def _are_sound(verdict: Verdict) -> bool:
    return verdict.objects > 0 and all(each.hint for each in verdict.findings)


def _tell_repaired(repaired: Repaired, screen: Screen) -> None:
    screen.data(f"removed {counted(repaired.records, 'record')} and {counted(repaired.objects, 'object')}")
    for run in repaired.affected[:_MANY]:
        screen.data(f"{harmless(run)} has lost results: `axl retry {harmless(run)}` computes them again")
    for run in repaired.removed[:_MANY]:
        screen.data(f"{harmless(run)} was removed: what it was a run of is lost")
    held = [each for each in repaired.left if not each.hint]
    if held:
        screen.say("this was not repaired, because an engine works on it now:")
        _list(held, screen)


def _list(findings: list[Finding], screen: Screen) -> None:
    for each in findings[:_MANY]:
        screen.data(_line(each))
    if len(findings) > _MANY:
        screen.data(f"... and {len(findings) - _MANY} more; --json has them all")


def _line(each: Finding) -> str:
    place = [f"run {each.run}"] if each.run else [f"the result {each.key}"] if each.key else []
    step = [f"step {each.step}"] if each.step else []
    return harmless(": ".join([", ".join([*place, *step]), each.what]) if place else each.what)
