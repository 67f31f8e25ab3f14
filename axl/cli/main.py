"""The command `axl`: finds the command, runs it, and turns whatever happens into a message and an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import TextIO, cast

from axl import __version__
from axl.cli import commands
from axl.cli.arguments import HelpAsked
from axl.cli.screen import Screen, harmless, open_screen, reserve_standard_files
from axl.errors import AxlError, StoreError, UsageError

BUG = 70
INTERRUPTED = 130
_COMPLETING = "_AXL_COMPLETE"
_ROOT = """usage: axl COMMAND [OPTIONS]

Write a workflow as one Python class; check it, run it here in parallel, look at its runs.

Commands:
{commands}

Options:
  --version                     print the version
  --install-completion [SHELL]  let bash, zsh or fish complete axl's commands
  --show-completion [SHELL]     print what would be installed
  -h, --help                    show this help

`axl COMMAND --help` explains a command, `axl help exit-codes` the exit codes."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command in some words, by default those of this process; return the exit code."""
    reserve_standard_files()
    words = sys.argv[1:] if words is None else list(words)
    screen = open_screen()
    # What an author's module prints while it is imported is talk, not data.
    with contextlib.redirect_stdout(cast("TextIO", sys.stderr)):
        return _guarded(words, screen)


def _guarded(words: Sequence[str], screen: Screen) -> int:
    """Run a command; nothing but an exit code leaves here."""
    try:
        return _dispatch(words, screen)
    except HelpAsked as asked:
        return _guarded_print(asked.text.rstrip(), screen)
    except AxlError as error:
        return _explain(error, words, screen)
    except KeyboardInterrupt:
        screen.say("stopped")
        return INTERRUPTED
    except OSError as error:
        return _explain(_as_store_error(error), words, screen, error)
    except Exception as error:  # noqa: BLE001 (the last boundary: a bug of ours becomes a file, not a screenful)
        return _confess(error, words, screen)


def _guarded_print(text: str, screen: Screen) -> int:
    try:
        screen.data(text)
    except StoreError as error:
        screen.say(f"error: {error}")
        return error.exit_code
    return 0


def _dispatch(words: Sequence[str], screen: Screen) -> int:
    if _COMPLETING in os.environ:
        from axl.cli.complete import answer  # noqa: PLC0415 (only when a shell asks)

        return answer(words, screen)
    if not words or words[0] in {"-h", "--help"}:
        screen.data(root_help())
        return 0 if words else UsageError.exit_code
    if words[0] in {"--version", "-V"}:
        screen.data(f"axl {__version__}")
        return 0
    if words[0] in {"--install-completion", "--show-completion"}:
        from axl.cli.complete import offer  # noqa: PLC0415 (rarely asked for)

        return offer(words, screen)
    if words[0] in commands.GROUPS and words[1:2] in (["-h"], ["--help"]):
        screen.data(group_help(words[0]))
        return 0
    name, rest = commands.find(words)
    command = commands.load(name)
    return command.run(commands.parser_of(name, command).read(rest), screen)


def root_help() -> str:
    """Return what `axl --help` prints."""
    lines: dict[str, str] = {}
    for name, (_, about) in commands.COMMANDS.items():
        word = name.partition(" ")[0]
        lines[word] = commands.GROUPS.get(word, about)
    table = "\n".join(f"  {word:<10} {about}" for word, about in lines.items())
    return _ROOT.format(commands=table)


def group_help(group: str) -> str:
    """Return what `axl run --help` prints."""
    table = "\n".join(
        f"  {member:<10} {commands.COMMANDS[f'{group} {member}'][1]}" for member in commands.members(group)
    )
    return f"usage: axl {group} COMMAND [OPTIONS]\n\n{commands.GROUPS[group].capitalize()}.\n\nCommands:\n{table}"


def _explain(
    error: AxlError, words: Sequence[str], screen: Screen, cause: BaseException | None = None
) -> int:
    if error.exit_code == BUG:
        return _confess(error, words, screen)
    screen.say(screen.err.paint("error:", "red") + f" {harmless(str(error))}")
    if _wants_traceback(words):
        _print_traceback(cause or error, screen)
    return error.exit_code


def _confess(error: BaseException, words: Sequence[str], screen: Screen) -> int:
    from axl.cli.crash import write_crash  # noqa: PLC0415 (nobody needs it otherwise)

    place = write_crash(error, words[:1])
    what = harmless(f"{type(error).__name__}: {error}".partition("\n")[0])
    screen.say(
        screen.err.paint("error:", "red")
        + f" this is a mistake of axl itself: {what}\n\nhint: report it with {place}"
    )
    if _wants_traceback(words):
        _print_traceback(error, screen)
    return BUG


def _as_store_error(error: OSError) -> StoreError:
    reason = (error.strerror or str(error)).lower()
    return StoreError(f"{error.filename}: {reason}" if error.filename else reason)


def _wants_traceback(words: Sequence[str]) -> bool:
    return "--debug" in words or bool(os.environ.get("AXL_DEBUG"))


def _print_traceback(error: BaseException, screen: Screen) -> None:
    import traceback  # noqa: PLC0415 (costs milliseconds that every command would pay)

    screen.say("".join(traceback.format_exception(error)).rstrip())


if __name__ == "__main__":
    sys.exit(main())
