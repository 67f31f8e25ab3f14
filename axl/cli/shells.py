"""Puts completion into a shell's own files, or prints what belongs there."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import typer
from typer import completion

from axl.cli.commands import screen_of
from axl.errors import UsageError

SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
_OPTIONS = ("--install-completion", "--show-completion")
_THIS = ""
"""In place of a shell's name: the one that asks."""


def with_shell(words: Sequence[str]) -> list[str]:
    """Return the words of a command line, each option for completion followed by its value.

    The shell's name may be left out, which typer knows no form for.

    >>> with_shell(["--show-completion"]), with_shell(["--show-completion", "zsh"])
    (['--show-completion', ''], ['--show-completion', 'zsh'])
    """
    return [*words, _THIS] if words and words[-1] in _OPTIONS else list(words)


def install(ctx: typer.Context, shell: str | None) -> None:
    """Let a shell complete from now on: its start file gets a line, unless the shell is unknown."""
    if shell is not None and not ctx.resilient_parsing:
        _do(completion.install_callback, ctx, shell)


def show(ctx: typer.Context, shell: str | None) -> None:
    """Print the script that lets a shell complete."""
    if shell is not None and not ctx.resilient_parsing:
        _do(completion.show_callback, ctx, shell)


def start() -> None:
    """Prepare typer to answer a shell that completes."""
    completion.get_completion_inspect_parameters()  # typer registers its shells on the way


def _do(callback: Callable[..., Any], ctx: typer.Context, shell: str) -> NoReturn:
    """Let typer install or show, which it says in its own words and leaves by `SystemExit`."""
    if shell not in (*SHELLS, _THIS):
        raise UsageError(f"{shell!r:.60} is not a shell that axl knows", hint=f"one of: {', '.join(SHELLS)}")
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            callback(ctx, None, shell or True)
    except typer.Exit as left:
        raise UsageError("cannot tell which shell this is", hint=f"name it: {', '.join(SHELLS)}") from left
    except SystemExit:
        screen_of(ctx).data(said.getvalue().rstrip("\n"))
    raise typer.Exit
