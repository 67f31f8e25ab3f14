"""Why a step was computed or found, as one text."""

from __future__ import annotations

from axl.runtime.cache.why import Why


def said(why: Why) -> str:
    """Return the fate of a step, its changes and its note, one after the other."""
    return "; ".join([why.fate, *(change.text for change in why.changes), *([why.note] if why.note else [])])
