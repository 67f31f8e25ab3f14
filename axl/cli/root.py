"""The command `axl` itself: its options, and the way to its commands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.core import TyperGroup

from axl import __version__
from axl.cli import shells
from axl.cli.commands import add_commands, screen_of
from axl.cli.screen import Screen
from axl.cli.wording import reworded
from axl.errors import UsageError
from axl.io.notices import heard_by

NAME = "axl"
_COMPLETING = "_AXL_COMPLETE"

app = typer.Typer(
    name=NAME,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(ctx: typer.Context, wanted: bool) -> None:
    if wanted:
        screen_of(ctx).data(f"axl {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True, epilog="`axl help exit-codes` and `axl help settings` say more.")
def root(
    ctx: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", expose_value=False, help="Show tracebacks of axl itself.")
    ] = False,
    install_completion: Annotated[
        str | None,
        typer.Option(
            callback=shells.install,
            expose_value=False,
            is_eager=True,
            metavar="[SHELL]",
            help=f"Let a shell complete: {', '.join(shells.SHELLS)}; default: this one.",
        ),
    ] = None,
    show_completion: Annotated[
        str | None,
        typer.Option(
            callback=shells.show,
            expose_value=False,
            is_eager=True,
            metavar="[SHELL]",
            help="Print what that installs, and install nothing.",
        ),
    ] = None,
) -> int:
    """Write a workflow as one Python class; check it, run it here in parallel, look at its runs."""
    if ctx.invoked_subcommand is None:
        screen_of(ctx).data(ctx.get_help())
    return UsageError.exit_code


def build() -> TyperGroup:
    """Return the command line as a whole; no command is imported for it."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    add_commands(group)
    return group


def dispatch(words: Sequence[str], screen: Screen) -> int:
    """Run the command in some words and return its exit code; a shell that completes gets its answer.

    Raises `UsageError` for a wrong command line, and whatever the command raises.
    """
    group = build()
    try:
        if _COMPLETING in os.environ:
            shells.start()
            group.main(list(words), prog_name=NAME)
        waiting = heard_by(lambda text: screen.say(f"note: {text}"))
        with waiting, group.make_context(NAME, shells.with_shell(words), obj=screen) as ctx:
            code = group.invoke(ctx)
    except typer.TyperException as error:
        raise reworded(error, words) from error
    except typer.Exit as left:
        return left.exit_code
    except SystemExit as left:  # typer leaves so when it has done what completion needs
        code = left.code
    assert isinstance(code, int)
    return code
