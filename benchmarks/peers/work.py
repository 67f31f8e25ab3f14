"""The work that every peer is given: burning CPU, three steps over big data, and a layered graph."""

from __future__ import annotations

BURN = 1_580_000
"""Rounds of `burn` that take about 100 ms on a server's core with CPython 3.11."""

BURNT = 1805790704
"""What `burn()` returns."""

ELEMENTS = {"array": 12_500_000, "array-small": 125_000}
"""Numbers of 8 bytes: 100 MB and 1 MB."""

ROWS = {"table": 5_000_000, "table-small": 50_000}

WIDTH = 10
"""Nodes in a layer of the layered graph."""


def burn(rounds=BURN):
    x = 0
    for i in range(rounds):
        x = (x * 31 + i) & 0xFFFFFFFF
    return x


def data_first(kind):
    """Make a value at so little cost that passing it on dominates."""
    import numpy as np

    if kind in ELEMENTS:
        return np.arange(ELEMENTS[kind], dtype=np.float64)
    import pandas as pd

    i = np.arange(ROWS[kind], dtype=np.int64)
    names = pd.array([f"category-{c:04d}" for c in range(1000)], dtype="string[pyarrow]")
    return pd.DataFrame(
        {
            "id": i,
            "ts": (i * 1_000_000_000).view("datetime64[ns]"),
            "a": i * 0.5,
            "b": i * 0.25,
            "k": (i % 1000).astype(np.int32),
            "cat": names.take(i % 1000),
        }
    )


def data_second(x):
    """Make something as big, at little cost."""
    if not hasattr(x, "columns"):
        return x * 2.0
    y = x.copy(deep=False)
    y["a"] = x["a"] * 2.0
    return y


def data_third(x):
    """Make one number."""
    last = x["a"].iloc[-1] if hasattr(x, "columns") else x[-1]
    return float(last) + float(len(x))


def data_want(kind):
    n = ELEMENTS.get(kind) or ROWS[kind]
    return float(n - 1) * (2.0 if kind in ELEMENTS else 1.0) + float(n)


def warm(kind):
    """Import what the data steps need before the clock starts, for peers that run steps in this process."""
    data_third(data_second(data_first("array-small" if kind in ELEMENTS else "table-small")))


MONTHS = 8
MONTH = 125_000
"""Numbers of 8 bytes in a month: 1 MB."""


def month_data(month, version):
    """Return data that nobody can compress, another for each version."""
    import numpy as np

    return np.random.default_rng([month, version]).random(MONTH)


def versions(run):
    """Return the months' versions in a run: in each run after the first one month is new."""
    found = [0] * MONTHS
    for each in range(1, run + 1):
        found[each % MONTHS] = each
    return found


def raw_size(runs):
    """Return the bytes of everything that the steps of some runs give: months, and months in order."""
    return runs * MONTHS * 2 * MONTH * 8


def size_of(folder):
    """Return the bytes that a folder takes on disk."""
    import os

    files = [os.path.join(top, name) for top, _, names in os.walk(folder) for name in names]
    return sum(os.stat(file).st_blocks * 512 for file in files)


def layers(n):
    """Return what each node of a layered graph of n nodes needs.

    A node needs two of the layer before it; the last needs whatever nothing else does.
    """
    needs = []
    for i in range(n - 1):
        layer, column = divmod(i, WIDTH)
        base = (layer - 1) * WIDTH
        needs.append(sorted({base + column, base + (column + 1) % WIDTH}) if layer else [])
    used = {d for each in needs for d in each}
    return [*needs, [i for i in range(n - 1) if i not in used]]
