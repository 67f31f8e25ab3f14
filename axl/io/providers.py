"""Finds what other packages offer under a name, through entry points; two providers are an error."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from axl.errors import UnsupportedError, UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def find_provider(group: str, name: str, kind: str, known: Iterable[str]) -> object:
    """Return the object that one installed package offers as `name` in an entry-point group.

    `kind` is what a person calls it, as in `handler`; `known` are the names that exist anyway.
    Raises `UsageError` when no package offers it or more than one does, and `UnsupportedError` when
    the package cannot be imported.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 (20 ms, only for what axl has not itself)

    found = [*entry_points(group=group, name=name)]
    if not found:
        raise unknown(name, kind, [*known, *(point.name for point in entry_points(group=group))])
    if len(found) > 1:
        both = " and ".join(sorted(f"{_package(point)} ({point.value})" for point in found))
        raise UsageError(f"two packages offer the {kind} {name!r}: {both}", hint="uninstall one of them")
    try:
        loaded: object = found[0].load()
    except (ImportError, AttributeError) as error:
        raise UnsupportedError(
            f"the {kind} {name!r} of {_package(found[0])} cannot be imported: {error}",
            hint=f"install what {_package(found[0])} needs",
        ) from error
    return loaded


def unknown(name: str, kind: str, known: Iterable[str]) -> UsageError:
    """Return the error that names what is there, the nearest name first."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return UsageError(f"there is no {kind} {name!r}", hint=f"{hint}known: {', '.join(names)}")


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else "an installed package"
