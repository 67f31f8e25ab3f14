"""The public names are a list that nobody changes by accident."""

from __future__ import annotations

import inspect
import re
from importlib.metadata import version

import pytest

import axl

PUBLIC = [
    "AxlError",
    "Failed",
    "Retry",
    "Secret",
    "Workflow",
    "after",
    "validate",
    "default",
    "get_run",
    "list_runs",
    "load",
    "map",
    "retry",
    "run",
    "step",
    "trace",
    "when",
    "workflow",
]


def test_the_public_names_are_pinned() -> None:
    """A name is added to or removed from `axl` on purpose, here and in the changelog."""
    assert sorted(PUBLIC) == sorted(axl.__all__)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_says_what_it_is(name: str) -> None:
    """Every public name has a docstring that begins with a sentence of its own."""
    doc = inspect.getdoc(vars(axl).get(name) or getattr(axl, name)) or ""

    first = doc.partition("\n\n")[0]
    assert re.search(r"[.:]$", first), f"axl.{name}: {first!r}"
    assert not first.startswith(f"{name}("), f"axl.{name} has only the docstring that dataclass makes"


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that axl does not have is refused as in any module."""
    with pytest.raises(AttributeError, match="has no attribute 'workflows'"):
        axl.workflows  # noqa: B018


def test_the_version_is_one() -> None:
    """`axl.__version__` is the version of the installed package."""
    assert version("axl") == axl.__version__
