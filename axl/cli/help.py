"""Explain a command, the exit codes or the settings."""

from __future__ import annotations

import difflib

from axl.cli import commands
from axl.cli.arguments import Options, Parser
from axl.cli.config import NAMES, sources
from axl.cli.screen import Screen
from axl.errors import UsageError

EXIT_CODES = """Exit codes of axl:

    0  it is done
    1  a step failed
    2  the command line is wrong: an unknown option, a file that is not there
    3  the workflow or its parameters are invalid
    4  a difference was found
    5  a store, disk, network or credentials did not do their part
    6  a live engine holds what was asked for
   70  a mistake of axl itself; it wrote a crash file
  130  stopped by Ctrl-C (SIGINT), after cleaning up
  143  stopped by SIGTERM, after cleaning up"""

SETTINGS = """Settings, each by itself, from the strongest source to the weakest:

  1. the option, such as --store
  2. the environment: {variables}
  3. axl.toml, then [tool.axl] in pyproject.toml, in the nearest folder upwards that has one
  4. ~/.config/axl/axl.toml
  5. the default

Names in files: {names}.
Read here: {files}."""


def declare(parser: Parser) -> None:
    parser.add_argument("topic", nargs="*", metavar="TOPIC", help="a command, `exit-codes` or `settings`")


def run(given: Options, screen: Screen) -> int:
    screen.data(_text(" ".join(given.topic)))
    return 0


def _text(topic: str) -> str:
    if topic in {"exit-codes", "exit codes"}:
        return EXIT_CODES
    if topic in {"settings", "config"}:
        return SETTINGS.format(
            variables=", ".join(f"AXL_{name.upper()}" for name in NAMES),
            names=", ".join(NAMES),
            files=", ".join(map(str, sources())) or "no file",
        )
    if topic in commands.COMMANDS:
        return commands.parser_of(topic, commands.load(topic)).format_help().rstrip()
    if topic in commands.GROUPS or not topic:
        from axl.cli.main import group_help, root_help  # noqa: PLC0415 (main imports the commands by name)

        return group_help(topic) if topic else root_help()
    near = difflib.get_close_matches(topic, [*commands.COMMANDS, "exit-codes", "settings"], n=1)
    guess = f"did you mean {near[0]}?" if near else "see `axl --help`"
    raise UsageError(f"there is no help on {topic!r}", hint=guess)
