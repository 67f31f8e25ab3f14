"""Go on with a run that did not succeed: what is committed stays, the rest runs with today's code."""

from __future__ import annotations

from axl import api
from axl.cli.arguments import Options, Parser, add_run
from axl.cli.config import read_settings
from axl.cli.leave import leave
from axl.cli.reporting import reporting
from axl.cli.run_local import add_driving
from axl.cli.screen import Screen


def declare(parser: Parser) -> None:
    add_run(parser)
    add_driving(parser)


def run(given: Options, screen: Screen) -> int:
    settings = read_settings(vars(given))
    old = api.get_run(given.run, settings.store)
    with reporting(old.program, screen, settings.log_format, given.quiet) as heard:
        ran = api.retry(
            old.id,
            executor=settings.executor,
            workers=settings.workers,
            store=settings.store,
            keep_going=settings.keep_going,
            grace=settings.grace,
            report=heard,
        )
    return leave(ran, heard.signal, given.json, screen)
