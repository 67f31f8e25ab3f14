"""Where the files of a compilation go, and what is there already."""

from __future__ import annotations

from pathlib import Path

from axl.compile.compare import Change, compare
from axl.compile.facts import Facts, read_facts
from axl.compile.target import Artifact
from axl.errors import StoreError, UsageError


def place_of(out: str | Path | None) -> tuple[Path, str]:
    """Return folder and name of the main file; a name without an ending, or of a folder, is a folder."""
    if out is None:
        return Path(), ""
    path = Path(out)
    if path.is_dir() or not path.suffix:
        return path, ""
    return path.parent, path.name


def changed_files(artifact: Artifact, folder: Path) -> tuple[str, ...]:
    """Return the names of the files that are not there as they are compiled now."""
    return tuple(name for name, data in artifact.files.items() if _read(folder / name) != data)


def changes(artifact: Artifact, folder: Path) -> tuple[Change, ...]:
    """Return what a compilation changes in what is there; nothing where there is no such file."""
    name = next(iter(artifact.files))
    before = _read(folder / name)
    if before is None:
        return ()
    return compare(_facts(before, str(folder / name)), _facts(artifact.files[name], name))


def compare_files(before: Path, after: Path) -> tuple[Change, ...]:
    """Return what changed between two compiled files; `UsageError` when one of them is none."""
    found = [_read(path) for path in (before, after)]
    for path, data in zip((before, after), found, strict=True):
        if data is None:
            raise UsageError(f"there is no file {path}", hint="name two files that `axl compile` wrote")
    old, new = (_facts(data or b"", str(path)) for path, data in zip((before, after), found, strict=True))
    return compare(old, new)


def write(artifact: Artifact, folder: Path) -> None:
    """Write the files of a compilation into a folder, which is made if need be."""
    for name, data in artifact.files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot write {path}: {error}") from error


def _facts(data: bytes, name: str) -> Facts:
    return read_facts(data.decode("utf-8", "replace"), "#", name)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {path}: {error}") from error
