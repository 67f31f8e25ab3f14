"""Say what is different between two runs, or between two compilations of a workflow.

Of runs: parameters and wiring, and for each step code, inputs, outputs, status, attempts and time. Of
files that `axl compile` wrote: steps, wiring, settings and code. Exits with 4 when there is a
difference; attempts and time alone are none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axl.cli.commands import screen_of
from axl.cli.compile import DIFFERENT, change_facts
from axl.cli.complete import complete_run
from axl.cli.config import read_settings
from axl.cli.diff_runs import print_diff
from axl.cli.facts import dumps
from axl.cli.options import AsJson, StoreUrl
from axl.compile.place import compare_files
from axl.errors import UsageError


def command(
    ctx: typer.Context,
    before: Annotated[
        str,
        typer.Argument(
            metavar="BEFORE",
            help="A run, or a file that `axl compile` wrote.",
            autocompletion=complete_run,
        ),
    ],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="Another one.", autocompletion=complete_run)],
    store: StoreUrl = None,
    json: AsJson = False,
) -> int:
    screen = screen_of(ctx)
    for name in (before, after):
        if name.endswith(".py") and not Path(name).is_file():
            raise UsageError(f"there is no file {name!r}", hint="two files of `axl compile`, or two runs")
    if not (Path(before).is_file() or Path(after).is_file()):
        return print_diff(before, after, read_settings({"store": store}).store, json, screen)
    found = compare_files(Path(before), Path(after))
    if json:
        screen.data(dumps([change_facts(each) for each in found]))
    elif found:
        screen.data("\n".join(map(str, found)))
    else:
        screen.say("nothing changed")
    return DIFFERENT if found else 0
