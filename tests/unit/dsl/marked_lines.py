"""Lines that a test marks with a comment, to say which one a mistake is told of."""

from __future__ import annotations

from pathlib import Path


def line_of(text: str, file: Path) -> int:
    """Return the line of a file that ends in a comment with this text."""
    return next(
        number for number, line in enumerate(file.read_text().splitlines(), 1) if line.endswith(f"# {text}")
    )
