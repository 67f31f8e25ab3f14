"""What typer says of a wrong command line, in the form of our own messages."""

from __future__ import annotations

import re
from collections.abc import Sequence

import typer

from axl.cli.commands import COMMANDS, GROUPS
from axl.errors import UsageError

_PARTS = re.compile(
    r"(?P<what>.*?)(?: \(Possible options: (?P<options>.+)\)|\. Did you mean (?P<commands>.+)\?|\.)?",
    re.DOTALL,
)
_LONGEST = 300


def reworded(error: typer.TyperException, words: Sequence[str]) -> UsageError:
    """Return typer's complaint about some words as ours: what, and a hint with the nearest name."""
    found = _PARTS.fullmatch(error.format_message())
    assert found
    what = found["what"] if len(found["what"]) <= _LONGEST else f"{found['what'][:_LONGEST]}..."
    near = found["options"] or found["commands"]
    hint = f"did you mean {near.replace(', ', ' or ')}?" if near else _where_to_look(words)
    return UsageError(f"{_place(words)}: {what[:1].lower()}{what[1:]}", hint=hint)


def _where_to_look(words: Sequence[str]) -> str:
    place = _place(words)
    members = [
        f"`axl {name}`" for name in COMMANDS if f"axl {name}".startswith(f"{place} ") and place != "axl"
    ]
    return f"there is {', '.join(members)}" if members else f"see `{place} --help`"


def _place(words: Sequence[str]) -> str:
    """Return the command that some words begin with."""
    for count in (2, 1):
        name = " ".join(words[:count])
        if name in COMMANDS or name in GROUPS:
            return f"axl {name}"
    return "axl"
