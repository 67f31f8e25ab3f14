"""Remove old runs, and the results and stored bytes that no other run needs.

Engines may run meanwhile. Whatever somebody works on stays. With --keep alone, runs that were stopped and
may be gone on with stay too; --older-than removes them. What a run has in common with one that stays is kept.
"""

from __future__ import annotations

import re
from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.facts import dumps
from axl.cli.options import AsJson, StoreUrl, zero_or_more
from axl.cli.screen import Screen, harmless
from axl.cli.table import counted, size
from axl.dsl.units import parse_duration
from axl.errors import UsageError
from axl.io.stores import existing_store
from axl.runtime.housekeeping.garbage import Swept
from axl.wire.values import JSON

_MANY = 20
_NUMBER = re.compile(r"\s*\d+(\.\d*)?\s*")


def age(text: str) -> float:
    """Read a duration, as `30d` or `12h`, in seconds; a bare number may be meant in days, so it is none."""
    if _NUMBER.fullmatch(text):
        raise UsageError(f"{text!r:.60} has no unit", hint="write a unit, as in 30d, 12h or 90s")
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r:.60} is no time, as in 30d, 12h or 90m") from error


def command(
    ctx: typer.Context,
    *,
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep",
            parser=zero_or_more,
            metavar="N",
            help="Keep the newest N runs of each workflow; 0 keeps none that succeeded or failed.",
        ),
    ] = None,
    older_than: Annotated[
        float | None,
        typer.Option(
            "--older-than",
            parser=age,
            metavar="TIME",
            help="Remove only what was last worked on before that, as in 30d or 12h; also what was stopped.",
        ),
    ] = None,
    workflow: Annotated[
        str | None,
        typer.Option(
            "--workflow", metavar="NAME", help="Only runs of this workflow: a name, or a hash's beginning."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")
    ] = False,
    store: StoreUrl = None,
    json: AsJson = False,
) -> int:
    screen = screen_of(ctx)
    opened = existing_store(read_settings({"store": store}).store)
    try:
        swept = api.gc(opened, keep=keep, older_than=older_than, workflow=workflow or "", dry_run=dry_run)
    finally:
        opened.close()
    if json:
        screen.data(dumps(_facts(swept, dry_run)))
    else:
        _tell(swept, "would remove" if dry_run else "removed", screen)
    return 0


def _facts(swept: Swept, dry_run: bool) -> dict[str, JSON]:
    return {
        "dry_run": dry_run,
        "runs": list(swept.runs),
        "busy": list(swept.busy),
        "results": swept.results,
        "objects": swept.objects,
        "bytes": swept.bytes,
        "later": swept.later,
    }


def _tell(swept: Swept, verb: str, screen: Screen) -> None:
    for run in swept.runs[:_MANY]:
        screen.say(f"{verb} {harmless(run)}")
    if len(swept.runs) > _MANY:
        screen.say(f"... and {len(swept.runs) - _MANY} more")
    for run in swept.busy:
        screen.say(f"kept {harmless(run)}: an engine works on it")
    if swept.later:
        left = counted(swept.later, "object")
        screen.say(f"{left} kept until the next time: engines at work may need them")
    screen.data(
        f"{verb} {counted(len(swept.runs), 'run')}, {counted(swept.results, 'result')},"
        f" {counted(swept.objects, 'object')}, {size(swept.bytes)}"
    )
