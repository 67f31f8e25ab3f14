"""Tells numeric libraries how many threads a step's share of the processors is worth."""

from __future__ import annotations

import os

from axl.ir.policy import Resources

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def follow_cpu(resources: Resources) -> None:
    """Set the variables that nobody has set from what a step asks for.

    They are read when a library is loaded, so this helps a process that runs one step and has loaded
    nothing yet. Warm workers take steps of many sizes and are left alone.
    """
    if resources.cpu_milli is None:
        return
    threads = str(max(1, resources.cpu_milli // 1000))
    for name in VARIABLES:
        os.environ.setdefault(name, threads)
