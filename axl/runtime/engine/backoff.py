"""How long to wait before another attempt."""

from __future__ import annotations

import random

from axl.ir.policy import RetryPolicy


def wait_before(policy: RetryPolicy, attempt: int, rng: random.Random) -> float:
    """Return the seconds between a failed attempt and the next one.

    The wait grows by the policy's factor and is capped; `jitter` is the share of it that is
    random, so that 1.0 is the "full jitter" of AWS's builders' library.
    """
    steps = min(attempt - 1, 1000)
    try:
        grown = policy.delay_s * policy.factor**steps
    except OverflowError:
        grown = policy.max_delay_s
    wait = min(grown, policy.max_delay_s)
    return wait * (1 - policy.jitter * rng.random())
