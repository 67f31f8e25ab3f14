"""Say what changed between two compilations of a workflow: steps, wiring, settings and code.

Exits with 4 when there is a difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axl.cli.commands import screen_of
from axl.cli.compile import DIFFERENT, change_facts
from axl.cli.facts import dumps
from axl.cli.options import AsJson
from axl.compile.place import compare_files


def command(
    ctx: typer.Context,
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="A file that `axl compile` wrote.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="Another one.")],
    json: AsJson = False,
) -> int:
    screen = screen_of(ctx)
    found = compare_files(Path(before), Path(after))
    if json:
        screen.data(dumps([change_facts(each) for each in found]))
    elif found:
        screen.data("\n".join(map(str, found)))
    else:
        screen.say("nothing changed")
    return DIFFERENT if found else 0
