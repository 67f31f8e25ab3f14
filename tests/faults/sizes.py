"""How large the rigs are: small at every change, full with `AXL_FAULTS=full`."""

from __future__ import annotations

import os
import random

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


def some(count: int, places: int, seed: str) -> list[int]:
    """Return the numbers 1 to `places`, or `count` of them, which the seed chooses."""
    numbers = range(1, places + 1)
    return list(numbers) if count >= places else sorted(random.Random(seed).sample(numbers, count))
