"""The author's classes that a maker makes: the type of a parameter, or of a step's several outputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from axl.dsl.describe import steps_of
from axl.dsl.params import graph_hints
from axl.runtime.code.classes import find_class
from axl.runtime.code.packages import Home, home_of


def made_by(maker: str) -> frozenset[str]:
    """Return the classes behind `module:Class/parameter` or `module:Class/step`, as `module:name`."""
    source, _, rest = maker.partition("/")
    name = rest.partition("/")[0]
    cls = find_class(source)
    steps = steps_of(cls)
    hints = [graph_hints(cls).get(name), steps[name].signature.returns if name in steps else None]
    return frozenset(
        f"{found.__module__}:{found.__qualname__}"
        for hint in hints
        for found in _classes(hint)
        if home_of(found.__module__) is Home.OWN
    )


def _classes(hint: object) -> Iterator[type]:
    if isinstance(hint, type):
        yield hint
    for inner in get_args(hint):
        yield from _classes(inner)
