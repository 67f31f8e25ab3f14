"""Look for trouble: Python, the store and its disk, optional libraries, the clock, the limits of the system.

Exits with 5 when runs could not work here.
"""

from __future__ import annotations

import typer

from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.diagnose import Finding, diagnose
from axl.cli.facts import dumps
from axl.cli.options import AsJson, StoreUrl
from axl.cli.table import table
from axl.errors import StoreError

_COLOURS = {"ok": "green", "note": "dim", "warning": "yellow", "trouble": "red"}


def command(ctx: typer.Context, store: StoreUrl = None, json: AsJson = False) -> int:
    screen = screen_of(ctx)
    findings = diagnose(read_settings({"store": store}).store)
    if json:
        screen.data(
            dumps([{"about": each.about, "state": each.state, "what": each.what} for each in findings])
        )
    else:
        screen.data(
            table(["about", "state", "what"], [[each.about, each.state, each.what] for each in findings])
        )
    return StoreError.exit_code if any(_is_trouble(each) for each in findings) else 0


def _is_trouble(finding: Finding) -> bool:
    return finding.state == "trouble"
