"""The commands by name, each in a file of its own that is imported when the command is wanted."""

from __future__ import annotations

import contextlib
import importlib
import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from axl.cli.screen import Screen
from axl.errors import StoreError

COMMANDS = {
    "init": ("axl.cli.init", "Write a small project that runs."),
    "validate": ("axl.cli.validate", "Check a workflow, and print its program and hash."),
    "render": ("axl.cli.render", "Draw a workflow as text, Mermaid, DOT, SVG or PNG."),
    "run local": ("axl.cli.run_local", "Run a workflow on this machine."),
    "runs": ("axl.cli.runs", "List the runs of a store."),
    "show": ("axl.cli.show", "Show what a run did, step by step."),
    "why": ("axl.cli.why", "Say why each step was computed, or would be."),
    "outputs": ("axl.cli.outputs", "List, preview or copy what the steps of a run returned."),
    "logs": ("axl.cli.logs", "Print what the steps of a run printed."),
    "retry": ("axl.cli.retry", "Go on with a run that did not succeed."),
    "compile": ("axl.cli.compile", "Write the files that an orchestrator takes."),
    "diff": ("axl.cli.diff", "Say what is different between two runs, or two compilations."),
    "gc": ("axl.cli.gc", "Remove old runs, and what no other run needs."),
    "verify": ("axl.cli.verify", "Find what is lost or damaged in a store, and repair it."),
    "submit": ("axl.cli.submit", "Run a workflow on an orchestrator."),
    "status": ("axl.cli.status", "Say how a run stands on an orchestrator."),
    "dev": ("axl.cli.dev", "Open a workflow in the orchestrator's web page, here."),
    "doctor": ("axl.cli.doctor", "Look for trouble on this machine and in the store."),
    "help": ("axl.cli.help", "Explain a command, the exit codes or the settings."),
}
GROUPS = {"run": "Run a workflow."}


class Later(TyperCommand):
    """A command of which the name and a line of help are known; the rest comes when it is used."""

    def __init__(self, name: str, module: str, about: str) -> None:
        super().__init__(name, help=about, rich_markup_mode=None)
        self.module = module

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Parse the words of the command with the command itself."""
        command = self.load()
        root = parent.find_root().command
        command.params += [each for each in root.params if each.name == "debug"]
        return command.make_context(info_name, args, parent, **extra)

    def load(self) -> Any:
        """Import the command."""
        module = importlib.import_module(self.module)
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(self.name, cls=Command, help=module.__doc__)(module.command)
        return typer.main.get_command(app)


class Command(TyperCommand):
    """A command while it runs: what an author's module prints when it is imported is talk, not data."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; it returns its exit code. What the system refuses is a `StoreError`."""
        try:
            with contextlib.redirect_stdout(sys.stderr):
                return super().invoke(ctx)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise StoreError(f"{error.filename}: {reason}" if error.filename else reason) from error


def add_commands(root: TyperGroup) -> None:
    """Put every command into its place below the root."""
    groups = {
        name: TyperGroup(name=name, help=about, rich_markup_mode=None) for name, about in GROUPS.items()
    }
    for name, (module, about) in COMMANDS.items():
        first, _, second = name.partition(" ")
        if second:
            groups[first].add_command(Later(second, module, about))
            root.add_command(groups[first])
        else:
            root.add_command(Later(first, module, about))


def screen_of(ctx: typer.Context) -> Screen:
    """Return where a command prints."""
    assert isinstance(ctx.obj, Screen)
    return ctx.obj
