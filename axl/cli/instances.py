"""Reads how people name an instance of a step: `load`, `load[3]`, `size[2][0]`."""

from __future__ import annotations

import re

from axl.errors import UsageError
from axl.wire.address import Index

_NAME = re.compile(r"([^\[\]]+)((?:\[\d{1,9}\])*)")
_PLACE = re.compile(r"\d+")


def parse_instance(text: str) -> tuple[str, Index]:
    """Return the step and the index; an empty index means every instance.

    >>> parse_instance("size[2][0]")
    ('size', (2, 0))
    """
    found = _NAME.fullmatch(text)
    if not found:
        raise UsageError(f"{text!r} names no step", hint="write load, load[3] or size[2][0]")
    return found[1], tuple(int(place) for place in _PLACE.findall(found[2]))
