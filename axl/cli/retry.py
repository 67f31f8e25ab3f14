"""Go on with a run that did not succeed: what is committed stays, the rest runs with today's code.

With --target the orchestrator goes on with it there: what failed and what comes after runs again.
"""

from __future__ import annotations

from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.leave import leave
from axl.cli.options import AsJson, Executor, Grace, KeepGoing, LogFormat, Quiet, RunName, StoreUrl, Workers
from axl.cli.reporting import reporting
from axl.cli.status import ServerUrl, instance_of
from axl.io.stores import existing_store


def command(
    ctx: typer.Context,
    *,
    run: RunName,
    store: StoreUrl = None,
    executor: Executor = None,
    workers: Workers = None,
    keep_going: KeepGoing = None,
    grace: Grace = None,
    json: AsJson = False,
    log_format: LogFormat = None,
    quiet: Quiet = False,
    target: Annotated[
        str | None, typer.Option("--target", "-t", metavar="NAME", help="As in dagster.")
    ] = None,
    url: ServerUrl = None,
) -> int:
    screen = screen_of(ctx)
    if target is not None:
        screen.data(instance_of(target, url).retry(run))
        return 0
    settings = read_settings(ctx.params)
    screen.log_format = settings.log_format
    old = api.get_run(run, existing_store(settings.store))
    with reporting(old.program, screen, quiet) as heard:
        ran = api.retry(
            old.id,
            executor=settings.executor,
            workers=settings.workers,
            store=settings.store,
            keep_going=settings.keep_going,
            grace=settings.grace,
            report=heard,
        )
    return leave(ran, heard.signal, json, screen)
