"""Aligned columns, sizes and counts as text, for people."""

from __future__ import annotations

from collections.abc import Sequence

from axl.cli.screen import harmless


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows under their heads, every column as wide as it needs, the last one as long as it is.

    >>> print(table(["name", "n"], [["load", "3"]]))
    name  n
    load  3
    """
    cells = [[cell(text) for text in row] for row in (heads, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    return "\n".join(_line(row, widths) for row in cells)


def cell(text: str) -> str:
    """Return text that stays on its line."""
    return harmless(text).replace("\n", "\\n").replace("\t", " ")


def counted(number: int, what: str) -> str:
    """Return how many there are of something.

    >>> counted(1, "run"), counted(2000, "run"), counted(2, "entry")
    ('1 run', '2,000 runs', '2 entries')
    """
    if number == 1:
        return f"1 {what}"
    return f"{number:,} {what.removesuffix('y')}ies" if what.endswith("y") else f"{number:,} {what}s"


def size(count: int) -> str:
    """Return a number of bytes as people read it.

    >>> size(512), size(2_340_000)
    ('512 B', '2.3 MB')
    """
    number = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{count} B" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
