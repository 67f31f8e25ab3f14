"""What the messages of all rules have in common: the lines they point at, and the nearest known names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from axl.errors import Loc


def lines(*locs: Loc | None) -> tuple[Loc, ...]:
    """Return the lines that are known, each once, in order."""
    return tuple(dict.fromkeys(loc for loc in locs if loc is not None))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names what exists, the likeliest meant first."""
    names = list(dict.fromkeys(known))
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    guess = f"did you mean `{close[0]}`? " if close else ""
    return f"{guess}known: {', '.join(names)}" if names else "there is none"
