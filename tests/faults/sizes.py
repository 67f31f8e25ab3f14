"""How large the rigs are: small at every change, full with `AXL_FAULTS=full`."""

from __future__ import annotations

import os

VARIABLE = "AXL_FAULTS"
FULL = os.environ.get(VARIABLE) == "full"


def size(change: int, full: int) -> int:
    """Return how many trials a rig makes."""
    return full if FULL else change


def batches(total: int, each: int) -> list[range]:
    """Split trials into tests of at most `each`, so that two processes can share them."""
    return [range(first, min(first + each, total)) for first in range(0, total, each)]


def name_of(batch: range) -> str:
    """Return how a batch is called in the names of tests."""
    return f"{batch.start}-{batch.stop - 1}"


def spread(count: int, places: int) -> list[int]:
    """Return at most `count` of the numbers 1 to `places`, evenly spread, the last always among them."""
    wanted = min(count, places)
    return [places - (places * i) // wanted for i in range(wanted)][::-1]
