"""List the runs of a store, the newest first."""

from __future__ import annotations

from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.facts import dumps, local_moment, summary_facts
from axl.cli.narrate import span
from axl.cli.options import AsJson, StoreUrl, whole_number
from axl.cli.table import table
from axl.io.stores import existing_store

_MANY = 20


def command(
    ctx: typer.Context,
    store: StoreUrl = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", parser=whole_number, metavar="N", help="How many at most; default: 20."),
    ] = None,
    json: AsJson = False,
) -> int:
    screen = screen_of(ctx)
    runs = api.list_runs(existing_store(read_settings({"store": store}).store), limit or _MANY)
    if json:
        screen.data(dumps([summary_facts(each) for each in runs]))
        return 0
    if not runs:
        screen.say("there are no runs yet")
        return 0
    rows = [
        [
            each.id,
            each.status,
            local_moment(each.created),
            span(each.seconds),
            ", ".join(f"{count} {name}" for name, count in each.counts),
        ]
        for each in runs
    ]
    screen.data(table(["run", "status", "created", "took", "steps"], rows))
    return 0
