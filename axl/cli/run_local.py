"""Run a workflow on this machine; its result goes to standard output, everything else to standard error.

The same command again continues an unfinished run of the same workflow and parameters.
"""

from __future__ import annotations

from axl import api
from axl.cli.arguments import (
    Options,
    Parser,
    add_json,
    add_params,
    add_store,
    add_workflow,
    run_id,
    seconds,
    whole_number,
    workflow_of,
)
from axl.cli.config import EXECUTORS, LOG_FORMATS, Settings, read_settings
from axl.cli.leave import leave
from axl.cli.params import given_params
from axl.cli.reporting import reporting
from axl.cli.screen import Screen


def declare(parser: Parser) -> None:
    add_workflow(parser)
    add_params(parser)
    add_driving(parser)
    parser.add_argument("--run-id", type=run_id, metavar="ID", help="a name for the run")
    parser.add_argument("--fresh", action="store_true", help="start anew, even if there is an unfinished run")


def add_driving(parser: Parser) -> None:
    """Let a command say how an engine is driven, and how it reports."""
    add_store(parser)
    parser.add_argument("--executor", choices=EXECUTORS, help="where steps run; default: process")
    parser.add_argument(
        "--workers", type=whole_number, metavar="N", help="how many run at once; default: the CPUs"
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        default=None,
        help="after a failure, run what does not depend on it",
    )
    parser.add_argument(
        "--grace",
        type=seconds,
        metavar="SECONDS",
        help="how long steps may take to end when stopped; default: 10",
    )
    add_json(parser)
    parser.add_argument("--log-format", choices=LOG_FORMATS, help="how progress is reported; default: text")
    parser.add_argument("-q", "--quiet", action="store_true", help="report nothing but errors")


def run(given: Options, screen: Screen) -> int:
    settings: Settings = read_settings(vars(given))
    workflow = api.load(workflow_of(given))
    params = given_params(given)
    with reporting(api.trace(workflow), screen, settings.log_format, given.quiet) as heard:
        ran = api.run(
            workflow,
            params,
            executor=settings.executor,
            workers=settings.workers,
            store=settings.store,
            run_id=given.run_id or "",
            fresh=given.fresh,
            keep_going=settings.keep_going,
            grace=settings.grace,
            report=heard,
        )
    return leave(ran, heard.signal, given.json, screen)
