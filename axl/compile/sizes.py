"""Numbers of bytes as Kubernetes and authors write them."""

from __future__ import annotations


def bytes_text(count: int) -> str:
    """Return a number of bytes exactly, in the largest unit that divides it: `4Gi`, `1500Mi`, `1000`.

    >>> bytes_text(3 << 29)
    '1536Mi'
    """
    for unit, size in (("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)):
        if count and count % size == 0:
            return f"{count // size}{unit}"
    return str(count)
