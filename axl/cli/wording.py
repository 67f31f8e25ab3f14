"""What typer says of a wrong command line, in the form of our own messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import typer

from axl.cli.commands import COMMANDS, GROUPS
from axl.errors import UsageError

_PARTS = re.compile(
    r"(?P<what>.*?)(?: \(Possible options: (?P<options>.+)\)|\. Did you mean (?P<commands>.+)\?|\.)?",
    re.DOTALL,
)
_LONGEST = 300
_NEAR, _ALIKE = 0.6, 0.05


def reworded(error: typer.TyperException, words: Sequence[str]) -> UsageError:
    """Return typer's complaint about some words as ours: what, and a hint with the nearest name."""
    found = _PARTS.fullmatch(error.format_message())
    assert found
    what = found["what"] if len(found["what"]) <= _LONGEST else f"{found['what'][:_LONGEST]}..."
    near = _nearest(what, found["options"] or found["commands"] or _listed(what))
    hint = f"did you mean {' or '.join(near)}?" if near else _where_to_look(words)
    return UsageError(f"{_place(words)}: {what[:1].lower()}{what[1:]}", hint=hint)


def _listed(what: str) -> str:
    """Return the values that an option takes, where the complaint lists them."""
    return what.partition(" is not one of ")[2]


def _nearest(what: str, names: str) -> list[str]:
    """Return those of some names that are about as near as the nearest to the word that was not understood."""
    words = re.findall(r"'([^']*)'|(--?[\w-]+)$", what.partition(" is not one of ")[0])
    word = "".join(words[-1]) if words else ""
    ratios = {
        name: SequenceMatcher(None, word.lower(), name.lower()).ratio()
        for name in (each.strip("'") for each in names.split(", ") if each)
    }
    best = max(ratios.values(), default=0.0)
    return [name for name, ratio in ratios.items() if ratio >= max(best - _ALIKE, _NEAR)]


def _where_to_look(words: Sequence[str]) -> str:
    place = _place(words)
    members = [f"`axl {name}`" for name in COMMANDS if _is_meant(name, place, words)]
    return f"there is {', '.join(members)}" if members else f"see `{place} --help`"


def _is_meant(name: str, place: str, words: Sequence[str]) -> bool:
    """Say whether a command is of the group that was named, or was named without its group."""
    group, _, last = name.rpartition(" ")
    return bool(group) and (place == f"axl {group}" or (place == "axl" and last in words[:1]))


def _place(words: Sequence[str]) -> str:
    """Return the command that some words begin with."""
    for count in (2, 1):
        name = " ".join(words[:count])
        if name in COMMANDS or name in GROUPS:
            return f"axl {name}"
    return "axl"
