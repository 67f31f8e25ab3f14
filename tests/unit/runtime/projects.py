"""Small projects of workflows for tests: written into a folder, imported as new, and their fingerprints."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
from pathlib import Path
from types import ModuleType

from axl.dsl.describe import steps_of
from axl.runtime.code.fingerprint import fingerprint

_COUNTER = itertools.count()


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write a project's files and return its folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def imported(folder: Path, name: str) -> ModuleType:
    """Import a module of a project as a new process would."""
    top = name.partition(".")[0]
    for known in [key for key in sys.modules if key == top or key.startswith(f"{top}.")]:
        del sys.modules[known]
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def digests(
    folder: Path, files: dict[str, str], name: str = "shop.flow", cls: str = "Flow"
) -> dict[str, str]:
    """Return the fingerprint of every step of a project."""
    module = imported(written(folder / str(next(_COUNTER)), files), name)
    owner = vars(module)[cls]
    return {key: fingerprint(item, owner) for key, item in steps_of(owner).items()}


def flow(body: str, head: str = "", members: str = "") -> str:
    """Return the text of a module with one workflow `F` of one step `a`, which takes 5."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    return (
        f"from axl import Workflow, step\n{head}\nclass F(Workflow):\n{members}    @step\n"
        f"    def a(self, x: int = 5) -> object:\n{lines}"
    )


def one_step(folder: Path, files: dict[str, str], *, runs: bool = True) -> tuple[str, object]:
    """Return the fingerprint of the one step of `flow.py`, and what it gives, as a text; then forget the modules."""
    place = written(folder / str(next(_COUNTER)), files)
    before, here = set(sys.modules), Path.cwd()
    sys.path.insert(0, str(place))
    os.chdir(place)
    importlib.invalidate_caches()
    try:
        owner = importlib.import_module("flow").F
        made = steps_of(owner)["a"]
        digest = fingerprint(made, owner)
        return digest, repr(made.function(owner(), 5)) if runs else ""
    finally:
        os.chdir(here)
        sys.path.remove(str(place))
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(place)):
                del sys.modules[name]


def edited_file(files: dict[str, str], file: str, old: str, new: str) -> dict[str, str]:
    """Return files with one text in one of them replaced."""
    assert files[file].count(old) == 1, f"{old!r} stands {files[file].count(old)} times in {file}"
    return {**files, file: files[file].replace(old, new)}
