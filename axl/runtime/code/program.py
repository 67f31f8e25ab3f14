"""The code of a program's steps: its fingerprints, what they are made of, and whether the files still say so."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from axl.dsl.describe import source_of, steps_of
from axl.dsl.workflow import Workflow
from axl.errors import AxlError
from axl.ir.nodes import IRWorkflow
from axl.ir.walk import tasks
from axl.runtime.code.beside import FILE, digest_of_file
from axl.runtime.code.classes import find_class, ship
from axl.runtime.code.fingerprint import Part, digest_of, fingerprint_of, fingerprint_parts

Codes = Mapping[str, "Code"]
"""The code of every step that a program calls, by `module:Class/step`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A step's code. `unknown` says why it cannot be followed, and then there is no digest.

    `files` are the states (time, size) of the files that it was read from, `data` the digests of those among
    them that are no code.
    """

    digest: str = ""
    unknown: str = ""
    parts: tuple[Part, ...] = ()
    files: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What no other code is called."""
        return self.digest or f"unknown: {self.unknown}"

    def changed_file(self) -> str:
        """Return a file that is not what it was when the code was read from it, or an empty text."""
        changed = (file for file, state in self.files.items() if _state(file) != state)
        return next((file for file in changed if self.data.get(file) != (digest_of_file(file) or "")), "")


def code_of(cls: type[Workflow], program: IRWorkflow) -> dict[str, Code]:
    """Return the code of every step that a program calls.

    A step whose code cannot be followed has the reason in its place, which no other code equals.
    """
    ship(cls)
    fingerprint_of.cache_clear()  # a notebook or a test may have loaded other code under the same name
    out: dict[str, Code] = {}
    for source, task in tasks(program):
        key = f"{source}/{task.step}"
        if key not in out:
            owner = cls if source == source_of(cls) else find_class(source)
            out[key] = _code(owner, task.step)
    return out


def _code(owner: type[Workflow], step: str) -> Code:
    try:
        parts = fingerprint_parts(steps_of(owner)[step], owner)
    except AxlError as error:
        return Code(unknown=error.what)
    files = {os.path.abspath(part.where.rpartition(":")[0]): part for part in parts if part.where}
    return Code(
        digest=digest_of(parts),
        parts=parts,
        files={file: _state(file) for file in files},
        data={file: part.digest for file, part in files.items() if part.name.startswith(FILE)},
    )


def _state(file: str) -> tuple[int, int]:
    try:
        found = os.stat(file)
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
