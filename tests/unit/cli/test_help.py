"""Help names every command and topic, and `axl --version` the version."""

from __future__ import annotations

import re

import pytest

from axl.cli.commands import COMMANDS
from tests.unit.cli.command_line import Axl


def test_help_names_every_command(axl: Axl) -> None:
    """Each command has a line in `axl --help` and a page of its own."""
    done = axl("--help")

    names = re.findall(
        r"^  ([a-z]+) +\w", done.out.partition("Commands:")[2].partition("Options:")[0], re.MULTILINE
    )
    assert (0, "") == (done.code, done.err)
    assert list(dict.fromkeys(name.partition(" ")[0] for name in COMMANDS)) == names
    for name in names:
        assert 0 == axl(name, "--help").code


def test_no_command_is_help_and_a_usage_error(axl: Axl) -> None:
    """`axl` alone says what there is."""
    done = axl()

    assert 2 == done.code
    assert done.out.startswith("Usage: axl [OPTIONS] COMMAND")


def test_the_version_is_the_packages(axl: Axl) -> None:
    """`axl --version` prints one line."""
    assert re.fullmatch(r"axl \d+\.\d+\.\d+\n", axl("--version").out)


@pytest.mark.parametrize("topic", ["exit-codes", "settings", "run", "run local", "runs", ""])
def test_help_has_topics(axl: Axl, topic: str) -> None:
    """Commands, groups, exit codes and settings can be asked for."""
    done = axl("help", *topic.split())

    assert (0, "") == (done.code, done.err)
    assert len(done.out) > 100
