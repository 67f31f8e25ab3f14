"""The place of a map's item as an orchestrator writes it: `0003_17`, in the order of items when sorted."""

from __future__ import annotations

from collections.abc import Sequence

from axl.wire.address import Index


def places_of(indices: Sequence[Index]) -> tuple[str, ...]:
    """Return the places of indices of one depth, padded so that their order is that of the items.

    >>> places_of([(0, 9), (0, 10)])
    ('0_09', '0_10')
    """
    widths = [len(str(max(level))) for level in zip(*indices, strict=True)]
    return tuple(
        "_".join(str(number).zfill(width) for number, width in zip(index, widths, strict=True))
        for index in indices
    )


def index_of(place: str) -> Index:
    """Return the index that a place stands for; the empty place is outside maps."""
    return tuple(int(part) for part in place.split("_")) if place else ()
