"""Run a workflow on this machine; its result goes to standard output, everything else to standard error.

The same command again continues an unfinished run of the same workflow and parameters. A step that any
run computed with the same code and inputs is not computed again.
"""

from __future__ import annotations

from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.leave import leave
from axl.cli.options import (
    AsJson,
    Executor,
    Grace,
    KeepGoing,
    LogFormat,
    ModuleName,
    Params,
    ParamsFile,
    Quiet,
    RunId,
    StoreUrl,
    Workers,
    WorkflowName,
    workflow_of,
)
from axl.cli.params import given_params
from axl.cli.reporting import reporting


def command(
    ctx: typer.Context,
    *,
    workflow: WorkflowName = None,
    module: ModuleName = None,
    params: ParamsFile = None,
    param: Params = None,
    store: StoreUrl = None,
    executor: Executor = None,
    workers: Workers = None,
    keep_going: KeepGoing = None,
    grace: Grace = None,
    json: AsJson = False,
    log_format: LogFormat = None,
    quiet: Quiet = False,
    run_id: RunId = None,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Start anew and compute everything; the results replace older ones."),
    ] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Compute everything, and keep nothing for other runs.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be computed and why, and run nothing.")
    ] = False,
) -> int:
    screen = screen_of(ctx)
    settings = read_settings(ctx.params)
    screen.log_format = settings.log_format
    cls = api.load(workflow_of(workflow, module))
    given = given_params(params, param)
    if dry_run:
        from axl.cli.forecast import print_forecast  # noqa: PLC0415 (runs do not need it)

        found = api.forecast(cls, given, store=settings.store, fresh=fresh, cache=not no_cache)
        return print_forecast(found, (), json or screen.log_format == "json", screen)
    with reporting(api.trace(cls), screen, quiet) as heard:
        ran = api.run(
            cls,
            given,
            executor=settings.executor,
            workers=settings.workers,
            store=settings.store,
            run_id=run_id or "",
            fresh=fresh,
            cache=not no_cache,
            keep_going=settings.keep_going,
            grace=settings.grace,
            report=heard,
        )
    return leave(ran, heard.signal, json, screen)
