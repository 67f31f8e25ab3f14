"""Say how a run stands on an orchestrator.

Exits with 1 when it failed or was cancelled.
"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from axl.cli.commands import screen_of
from axl.cli.facts import dumps
from axl.cli.options import AsJson
from axl.compile.targets import get_target
from axl.deploy.dagster import DEFAULT_URL, VARIABLE, Instance
from axl.deploy.driven import run_of
from axl.errors import StepError, UnsupportedError
from axl.io.store import Store
from axl.wire.values import JSON

TargetName = Annotated[str, typer.Option("--target", "-t", metavar="NAME", help="Default: dagster.")]
OtherTarget = Annotated[
    str | None, typer.Option("--target", "-t", metavar="NAME", help="RUN is a run of it, as in dagster.")
]
ServerUrl = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help=f"Its web server; default: ${VARIABLE}, or {DEFAULT_URL}."),
]


def command(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id, as `axl submit` printed it.")],
    *,
    target: TargetName = "dagster",
    url: ServerUrl = None,
    json: AsJson = False,
) -> int:
    screen = screen_of(ctx)
    state = instance_of(target, url).state(run)
    if json:
        facts: dict[str, JSON] = {"run": state.run, "job": state.job, "status": state.status}
        screen.data(dumps(facts | {"seconds": state.seconds}))
    else:
        screen.data(f"{state.run} of {state.job}: {state.status} ({state.seconds:.1f}s)")
    return StepError.exit_code if state.status in ("failed", "cancelled") else 0


def instance_of(target: str, url: str | None) -> Instance:
    """Return the orchestrator that is meant; `UnsupportedError` for one that axl cannot drive."""
    check_target(target)
    return Instance(url or os.environ.get(VARIABLE) or DEFAULT_URL)


def run_there(target: str, theirs: str, store: Store) -> str:
    """Return the run that an orchestrator has under an id of its own; it need not be there any more."""
    check_target(target)
    return run_of(target, theirs, store)


def check_target(target: str) -> None:
    """Raise `UnsupportedError` for an orchestrator whose runs axl does not know, `UsageError` for none."""
    get_target(target)
    if target != "dagster":
        raise UnsupportedError(
            f"runs on {target} cannot be driven from here", hint="--target dagster, or use its own tools"
        )
