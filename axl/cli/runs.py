"""List the runs of a store, the newest first."""

from __future__ import annotations

from axl import api
from axl.cli.arguments import Options, Parser, add_json, add_store, whole_number
from axl.cli.config import read_settings
from axl.cli.facts import dumps, local_moment, summary_facts
from axl.cli.narrate import span
from axl.cli.screen import Screen
from axl.cli.table import table


def declare(parser: Parser) -> None:
    add_store(parser)
    parser.add_argument(
        "--limit", type=whole_number, default=20, metavar="N", help="how many at most; default: 20"
    )
    add_json(parser)


def run(given: Options, screen: Screen) -> int:
    runs = api.list_runs(read_settings(vars(given)).store, given.limit)
    if given.json:
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
