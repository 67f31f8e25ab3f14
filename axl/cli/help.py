"""Explain a command, the exit codes or the settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from axl.cli.commands import COMMANDS, screen_of
from axl.cli.config import NAMES, sources

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


def _topics() -> list[str]:
    return [*(name.partition(" ")[0] for name in COMMANDS), "exit-codes", "settings"]


def command(
    ctx: typer.Context,
    topic: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TOPIC", help="A command, `exit-codes` or `settings`.", autocompletion=_topics
        ),
    ] = None,
) -> int:
    match topic:
        case ["exit-codes"]:
            screen_of(ctx).data(EXIT_CODES)
        case ["settings"]:
            screen_of(ctx).data(_settings())
        case _:
            screen_of(ctx).data(_help(ctx.find_root(), topic or ()))
    return 0


def _help(at: Any, words: Sequence[str]) -> str:
    """Return the help of the command that some words lead to from the root."""
    for word in words:
        if not isinstance(at.command, TyperGroup):
            break
        name, command, _ = at.command.resolve_command(at, [word])
        assert command is not None
        at = command.make_context(name, [], at, resilient_parsing=True)
    return str(at.get_help())


def _settings() -> str:
    return SETTINGS.format(
        variables=", ".join(f"AXL_{name.upper()}" for name in NAMES),
        names=", ".join(NAMES),
        files=", ".join(map(str, sources())) or "no file",
    )
