"""Files of parameters that tests write."""

from __future__ import annotations

from pathlib import Path


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file of a test and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
