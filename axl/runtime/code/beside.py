"""Files of the project that code names: data, templates and programs that lie beside it."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from types import ModuleType

from blake3 import blake3

from axl.runtime.code.normal import Chain, Reading

FILE = "file "
"""How the name of a part begins that is a file of data."""
_MARKS = frozenset({"__file__", "resources", "files", "get_data"})
"""Words of code that asks where it lies, so that its texts may be names of files."""
_DEPTH = 4
"""How many folders within each other texts may name."""


@dataclass(slots=True)
class Beside:
    """What a step's code, all of it together, knows of files: folders of the project, and texts.

    One function may know the folder, another the name, and a third may read: whatever file of the project
    a text names from a folder that is known counts, unless it is seen to be written: then it is a result.
    """

    inside: Sequence[str]
    _folders: dict[str, None] = field(default_factory=dict)
    _files: dict[str, None] = field(default_factory=dict)
    _texts: dict[str, None] = field(default_factory=dict)
    _written: set[str] = field(default_factory=set)

    def read(self, reading: Reading, names: Mapping[str, object]) -> None:
        """Take note of a piece of code and of what it says; `names` are its globals."""
        self._texts.update(dict.fromkeys(map(_plain, reading.texts)))
        if not _MARKS.isdisjoint(reading.words):
            here = os.path.dirname(os.path.abspath(str(names.get("__file__", ""))))
            self._folders.update(dict.fromkeys((here, os.path.dirname(here), *self.inside)))
        for chain in reading.chains:
            self.value(_value_of(chain, names), str(names.get("__file__", "")))
        self._written.update(str(_value_of(chain, names)) for chain in reading.written)

    def value(self, value: object, own: str = "") -> None:
        """Take note of a value that may be a path; a module's own file is told as code."""
        if not isinstance(value, (str, PurePath)) or str(value) == own:
            return
        path = str(value)
        if not any(path == folder or path.startswith(folder + os.sep) for folder in self.inside):
            return
        if os.path.isdir(path):
            self._folders[path] = None
        elif os.path.isfile(path):
            self._files[path] = None

    def files(self) -> Iterator[str]:
        """Yield the files that are named, each once."""
        known, new = dict.fromkeys(self._folders), dict.fromkeys(self._folders)
        found = dict.fromkeys(self._files)
        for _ in range(_DEPTH):
            named = [path for folder in new for path in self._named_in(folder)]
            found.update((path, None) for path in named if os.path.isfile(path))
            new = {path: None for path in named if path not in known and os.path.isdir(path)}
            known.update(new)
        yield from sorted(found.keys() - self._written)

    def _named_in(self, folder: str) -> Iterator[str]:
        try:
            there = set(os.listdir(folder))
        except OSError:
            return
        for text in self._texts:
            for name in {text, text.replace(".", os.sep)}:
                if name.split(os.sep, 1)[0] in there or name.startswith(f"..{os.sep}"):
                    yield os.path.normpath(os.path.join(folder, name))


def _value_of(chain: Chain, names: Mapping[str, object]) -> object:
    """Return what a name means, through modules and classes; `None` where only running tells."""
    value = names.get(chain[0])
    for name in chain[1:]:
        if not isinstance(value, (ModuleType, type)):
            break
        value = vars(value).get(name)
    return value


def _plain(text: str) -> str:
    """Return a text as a name from a folder on: the end of one that is put together begins with a slash."""
    name = text.lstrip(os.sep)
    while name.startswith(f".{os.sep}"):
        name = name[2:]
    return name


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
