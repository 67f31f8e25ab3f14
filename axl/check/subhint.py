"""Asks beartype whether one annotation is narrower than another; loaded when plainer means do not tell."""

from __future__ import annotations

from typing import Any, cast

from beartype.door import is_subhint
from beartype.roar import BeartypeException


def narrower(have: object, want: object) -> bool:
    """Say whether every value of `have` is one of `want`; annotations that beartype refuses pass."""
    try:
        return is_subhint(cast("Any", have), cast("Any", want))
    except (BeartypeException, TypeError, AttributeError, NameError, RecursionError):
        return True
