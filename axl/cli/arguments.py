"""What a command takes, declared with argparse: our messages, no abbreviations, nearest names.

argparse, because it is there: the libraries that are nicer to write cost a quarter to half a second
before a command begins, and a whole small run should take less.
"""

from __future__ import annotations

import argparse
import difflib
import math
import re
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import NoReturn

from axl.cli.screen import readable_width
from axl.errors import UsageError

Options = Namespace

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_FLAG = re.compile(r"unrecognized arguments: (.*)", re.DOTALL)
_TARGET = "module:Class, or path/to/file.py:Class"
_MOST = 999_999_999


class HelpAsked(Exception):  # noqa: N818 (not an error)
    """`--help` was among the arguments; `text` is the answer."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Parser(argparse.ArgumentParser):
    """One command's arguments."""

    def __init__(self, command: str, about: str) -> None:
        super().__init__(
            prog=f"axl {command}",
            description=about,
            allow_abbrev=False,
            add_help=False,
            formatter_class=_Formatter,
        )
        self.command = command
        self.completions: dict[str, Callable[[str], list[str]]] = {}
        self.add_argument("-h", "--help", action=_Help, help="show this help")
        self.add_argument("--debug", action="store_true", help="show tracebacks of axl itself")

    def read(self, words: Sequence[str]) -> Options:
        """Return the arguments in some words.

        Raises `UsageError` with the nearest known option, and `HelpAsked`.
        """
        given, unknown = self.parse_known_intermixed_args(list(words))
        if unknown:
            self._refuse(unknown)
        return given

    def error(self, message: str) -> NoReturn:
        """Turn argparse's own message into ours."""
        raise UsageError(_reworded(message), hint=f"see `axl {self.command} --help`")

    def flags(self) -> list[str]:
        """Return every option's long and short names."""
        return [flag for action in self._actions for flag in action.option_strings]

    def _refuse(self, unknown: list[str]) -> NoReturn:
        word = unknown[0]
        if not word.startswith("-") or word == "-":
            raise UsageError(
                f"`axl {self.command}` does not take {word!r}", hint=f"see `axl {self.command} --help`"
            )
        flag = word.partition("=")[0]
        near = difflib.get_close_matches(flag, self.flags(), n=1)
        guess = f"did you mean {near[0]}?" if near else f"see `axl {self.command} --help`"
        raise UsageError(f"`axl {self.command}` has no option {flag!r}", hint=guess)


class _Help(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002
        super().__init__(
            option_strings, dest=argparse.SUPPRESS, default=argparse.SUPPRESS, nargs=0, help=help
        )

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: object, values: object, option: str | None = None
    ) -> NoReturn:
        raise HelpAsked(parser.format_help())


class _Formatter(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=readable_width() - 2)


def add_workflow(parser: Parser) -> None:
    """Let a command take a workflow, with `-m` or as its first word."""
    parser.add_argument("workflow", nargs="?", metavar="WORKFLOW", help=_TARGET)
    parser.add_argument("-m", "--module", metavar="WORKFLOW", dest="module", help=f"the same: {_TARGET}")


def workflow_of(given: Options) -> str:
    """Return the one workflow that was named; `UsageError` when there are none or two."""
    named: list[str] = [each for each in (given.workflow, given.module) if each is not None]
    if len(named) == 1:
        return named[0]
    what = "name a workflow" if not named else f"two workflows are named, {named[0]!r} and {named[1]!r}"
    raise UsageError(what, hint=f"-m {_TARGET}")


def add_params(parser: Parser) -> None:
    """Let a command take values for the run's parameters."""
    parser.add_argument("--params", metavar="FILE", help="values of parameters, in a YAML, JSON or TOML file")
    parser.add_argument(
        "-p",
        "--param",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="one parameter's value; JSON or text",
    )


def add_store(parser: Parser) -> None:
    """Let a command take a store."""
    parser.add_argument("--store", metavar="URL", help="where runs are kept; default: $AXL_STORE or .axl")


def add_json(parser: Parser) -> None:
    """Let a command print JSON."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_run(parser: Parser) -> None:
    """Let a command take the name of a run."""
    parser.add_argument("run", metavar="RUN", help="a run's id, its beginning, or `latest`")


def whole_number(text: str) -> int:
    """Read a whole number of one or more."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= _MOST):
        raise argparse.ArgumentTypeError(f"{_short(text)} is not a whole number of one or more")
    return int(text)


def seconds(text: str) -> float:
    """Read a number of seconds, zero or more."""
    try:
        number = float(text) if text.isascii() and len(text) < 20 else math.nan
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{_short(text)} is not a number of seconds")
    return number


def run_id(text: str) -> str:
    """Read a name for a new run: it becomes part of keys and messages, so it is kept plain."""
    if not _RUN_ID.fullmatch(text) or text == "latest":
        raise argparse.ArgumentTypeError(
            f"{_short(text)} cannot name a run; use up to 200 letters, digits, '.', '_' and '-', a letter or digit first"
        )
    return text


def _reworded(message: str) -> str:
    found = _FLAG.match(message)
    if found:
        return f"unknown argument {found[1]!r}"
    return message.removeprefix("argument ").replace("the following arguments are required:", "missing:")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
