"""What changed between two times that the same step ran: its code, part by part, its inputs, its options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from axl.io.store import Store
from axl.ir.nodes import Out, Task
from axl.runtime.cache.results import CODE, PYTHON_PART, read_parts

_SHOWN = 60
"""Characters of an option's value that a person is shown."""

Parts = Mapping[str, tuple[str, str]]
"""What a fingerprint is made of: for a name its digest and its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that decides whether a step instance has a result already; no options where they are not known."""

    code: str
    inputs: Mapping[str, str]
    key: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One reason why a result could not be used.

    `name` is the part of the code or the argument; `before` and `after` are what it was, as far as a
    person can read it.
    """

    kind: Literal["code", "package", "python", "input", "options"]
    name: str
    before: str = ""
    after: str = ""
    where: str = ""

    @property
    def text(self) -> str:
        """The change as a person says it."""
        what = f"{self.name} {_verb(self.before, self.after)}"
        return f"{what} ({self.where})" if self.where else what


def changes(
    before: State, after: State, task: Task, store: Store, now: Parts | None = None
) -> tuple[Change, ...]:
    """Return what is different; `now` are the parts of today's code where they are not in the store."""
    found = [
        *_code(before.code, after.code, store, now),
        *_inputs(before.inputs, after.inputs, task),
        *_options(before.options, after.options),
    ]
    if not found and before.key and after.key and before.key != after.key:
        found = [Change(kind="options", name="what axl makes of the step's options")]
    return tuple(found)


def parts_of(store: Store, code: str) -> Parts | None:
    """Return what a fingerprint is made of, if that was written."""
    parts = read_parts(store, code)
    return None if parts is None else {name: (digest, where) for name, digest, where in parts}


def _code(before: str, after: str, store: Store, now: Parts | None) -> Iterator[Change]:
    if before == after:
        return
    old, new = parts_of(store, before), now if now is not None else parts_of(store, after)
    if old is None or new is None:
        yield Change(kind="code", name="its code")
        return
    if PYTHON_PART in old and PYTHON_PART in new and old[PYTHON_PART] != new[PYTHON_PART]:
        yield Change(kind="python", name=PYTHON_PART, before=old[PYTHON_PART][0], after=new[PYTHON_PART][0])
    names = sorted((old.keys() | new.keys()) - {PYTHON_PART})
    different = {name for name in names if old.get(name, ("",))[0] != new.get(name, ("",))[0]}
    # The value of a constant is a part beside the statement that makes it: one of both is enough.
    for name in names:
        if name in different and name.removesuffix(" value") not in different - {name}:
            yield _part(name, old.get(name), new.get(name))


def _part(name: str, was: tuple[str, str] | None, now_is: tuple[str, str] | None) -> Change:
    where = now_is[1] if now_is else was[1] if was else ""
    if name.startswith("package "):
        versions = (was[0] if was else "", now_is[0] if now_is else "")
        return Change(kind="package", name=name, before=versions[0], after=versions[1])
    before, after = "" if was else "not used", "" if now_is else "not used any more"
    return Change(
        kind="code",
        name=f"`{(name.partition(':')[2] or name).removesuffix(' value')}`",
        before=before,
        after=after,
        where=where,
    )


def _inputs(before: Mapping[str, str], after: Mapping[str, str], task: Task) -> Iterator[Change]:
    # A mapped step `load` is `load` inside `load_map`, and only the first is a name of the author's.
    sources = {
        name: f", the result of `{atom.node.removesuffix('_map')}`,"
        for name, atom in task.args
        if isinstance(atom, Out)
    }
    for name in [*after, *(name for name in before if name not in after)]:
        was, now_is = before.get(name, ""), after.get(name, "")
        if was != now_is and name.startswith(CODE):
            said = f"`{name.partition(':')[2]}`, whose objects are among the inputs,"
            yield Change(kind="code", name=said)
        elif was != now_is:
            said = f"input `{name}`{sources.get(name, '')}"
            yield Change(kind="input", name=said, before=_readable(was), after=_readable(now_is))


def _options(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    if not before or not after:
        return
    for name in [*after, *(name for name in before if name not in after)]:
        was, now_is = before.get(name, ""), after.get(name, "")
        if was != now_is:
            yield Change(
                kind="options", name=name, before=was[:_SHOWN] or "none", after=now_is[:_SHOWN] or "none"
            )


def _readable(content: str) -> str:
    return content[1:].partition("\t")[0] if content.startswith("=") else ""


def _verb(before: str, after: str) -> str:
    if before and after and not re.match("not used", before + after):
        return f"changed from {before} to {after}"
    if before == "not used":
        return "is used now"
    if after == "not used any more":
        return "is not used any more"
    return "changed"
