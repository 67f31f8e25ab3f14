"""Files of the project that code names: data, templates and programs that lie beside it."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from blake3 import blake3

from axl.runtime.code.normal import Reading

_MARKS = frozenset({"__file__", "resources", "files", "get_data"})
"""Words of code that asks where it lies, so that its texts may be names of files."""
_READ = (
    "read",
    "load",
    "open",
    "parse",
    "from_",
    "scan",
    "get_",
    "files",
    "run",
    "call",
    "check_",
    "Popen",
    "system",
)
_WRITE = ("write", "to_", "save", "dump", "touch", "unlink", "remove", "rmtree", "mkdir", "makedirs")
_MODES = frozenset(f"{mode}{kind}" for mode in ("w", "a", "x", "w+", "a+", "r+") for kind in ("", "b", "t"))


def files_named(reading: Reading, names: Mapping[str, object], folders: Sequence[str]) -> list[str]:
    """Return the files of a project that a piece of code reads, as far as it names them.

    It names them by texts, from the folders that it knows, or by globals that are paths. `names` are its
    globals, `folders` those of the project. Code that writes files counts none: they would be its results.
    """
    if not _only_reads(reading.words) or not _MODES.isdisjoint(reading.texts):
        return []
    values = [names.get(chain[0]) for chain in reading.chains]
    paths = [str(value) for value in values if isinstance(value, (str, PurePath))]
    inside = [path for path in paths if _is_inside(path, folders)]
    known = [path for path in inside if os.path.isdir(path)]
    if not _MARKS.isdisjoint(reading.words):
        here = os.path.dirname(os.path.abspath(str(names.get("__file__", ""))))
        known += [here, os.path.dirname(here), *folders]
    found = _named(reading.texts, list(dict.fromkeys(known)))
    return [*found, *(path for path in inside if os.path.isfile(path) and path != names.get("__file__"))]


@functools.lru_cache(maxsize=4096)
def _only_reads(words: frozenset[str]) -> bool:
    """Say whether code has words for reading files, and none for writing any."""
    return any(word.startswith(_READ) for word in words) and not any(
        word.startswith(_WRITE) for word in words
    )


def _named(texts: Sequence[str], folders: list[str]) -> list[str]:
    """Return the files that texts name, folder after folder as they follow each other."""
    found = dict[str, None]()
    for text in texts if folders else ():
        if text.strip("./") == "" or os.path.isabs(text):
            continue
        for path in [
            os.path.join(folder, name) for folder in folders for name in (text, text.replace(".", os.sep))
        ]:
            if os.path.isfile(path):
                found[os.path.normpath(path)] = None
            elif os.path.isdir(path) and path not in folders:
                folders.append(path)
    return list(found)


def _is_inside(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def digest_of_file(path: str) -> str | None:
    """Return the digest of what a file holds, `None` where it cannot be read."""
    try:
        status = os.stat(path)
        return _digest(path, status.st_mtime_ns, status.st_size)
    except OSError:
        return None


@functools.lru_cache(maxsize=1024)
def _digest(path: str, changed: int, size: int) -> str:
    del changed, size  # (they tell one state of the file from another)
    return blake3(max_threads=blake3.AUTO).update_mmap(path).hexdigest()
