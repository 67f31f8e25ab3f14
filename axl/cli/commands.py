"""The commands by name: where each is, and what it does in a few words. Nothing is imported for them."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Sequence
from typing import Protocol, cast

from axl.cli.arguments import Options, Parser
from axl.cli.screen import Screen
from axl.errors import UsageError

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("axl.cli.init", "write a small project that runs"),
    "validate": ("axl.cli.validate", "check a workflow, and print its program and hash"),
    "render": ("axl.cli.render", "draw a workflow as text, Mermaid, DOT, SVG or PNG"),
    "run local": ("axl.cli.run_local", "run a workflow on this machine"),
    "runs": ("axl.cli.runs", "list the runs of a store"),
    "show": ("axl.cli.show", "show what a run did, step by step"),
    "outputs": ("axl.cli.outputs", "list, preview or copy what the steps of a run returned"),
    "logs": ("axl.cli.logs", "print what the steps of a run printed"),
    "retry": ("axl.cli.retry", "go on with a run that did not succeed"),
    "doctor": ("axl.cli.doctor", "look for trouble on this machine and in the store"),
    "help": ("axl.cli.help", "explain a command, the exit codes or the settings"),
}
GROUPS: dict[str, str] = {"run": "run a workflow"}


class Command(Protocol):
    """What the module of a command holds; its docstring is the command's help."""

    __doc__: str | None
    declare: Callable[[Parser], None]
    run: Callable[[Options, Screen], int]


def find(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the command that some words begin with, and the rest of them.

    Raises `UsageError` with the nearest command when there is none.
    """
    pair = " ".join(words[:2])
    if pair in COMMANDS and " " in pair:
        return pair, words[2:]
    if words[0] in COMMANDS:
        return words[0], words[1:]
    if words[0] in GROUPS:
        _refuse_within(words[0], words[1:])
    if words[0].startswith("-"):
        raise UsageError(f"axl has no option {words[0].partition('=')[0]!r}", hint="see `axl --help`")
    near = difflib.get_close_matches(words[0], [*COMMANDS, *GROUPS], n=1)
    raise UsageError(
        f"there is no command {words[0]!r:.80}",
        hint=f"did you mean `axl {near[0]}`?" if near else "see `axl --help`",
    )


def load(name: str) -> Command:
    """Import a command."""
    return cast("Command", importlib.import_module(COMMANDS[name][0]))


def parser_of(name: str, command: Command) -> Parser:
    """Return the parser of a command's arguments."""
    parser = Parser(name, about=(command.__doc__ or "").partition("\n\n")[0].replace("\n", " "))
    command.declare(parser)
    return parser


def members(group: str) -> list[str]:
    """Return the second words of a group's commands."""
    return [name.partition(" ")[2] for name in COMMANDS if name.startswith(f"{group} ")]


def _refuse_within(group: str, rest: Sequence[str]) -> None:
    known = ", ".join(f"`axl {group} {member}`" for member in members(group))
    what = f"`axl {group}` does not take {rest[0]!r}" if rest else f"`axl {group}` needs one more word"
    raise UsageError(what, hint=f"there is {known}")
