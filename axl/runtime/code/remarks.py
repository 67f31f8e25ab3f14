"""Documentation and annotations: they are no part of what code does, unless some code in it reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import FunctionType
from typing import TYPE_CHECKING

from axl.runtime.code.modules import Scope
from axl.runtime.code.names import read_chains
from axl.runtime.code.normal import Reading

if TYPE_CHECKING:
    from axl.runtime.code.following import Walk

_READ_DOCS = frozenset(
    {"__doc__", "getdoc", "doctest", "pydoc"}
    | {"json_schema", "model_json_schema", "models_json_schema", "schema_json"}
    | {f"package {name}" for name in ("click", "docopt", "fastapi", "fire", "jsonargparse", "tap", "typer")}
    | {f"package {name}" for name in ("dspy", "instructor", "langchain_core", "marvin", "pydantic_ai")}
)
_READ_ANNOTATIONS = frozenset(
    {"__annotations__", "get_annotations", "get_type_hints", "getfullargspec", "signature", "Signature"}
)


@dataclass(slots=True)
class Remarks:
    """What was kept aside, by the part that it stands in, and whether anything asks for it."""

    _kept: dict[str, tuple[int, Reading, Scope]] = field(default_factory=dict)
    _passed: set[int] = field(default_factory=set)
    _done: set[tuple[str, str]] = field(default_factory=set)
    _asks_docs: bool = False
    _asks_annotations: bool = False

    def keep(self, code: object, name: str, reading: Reading, scope: Scope) -> None:
        """Keep what a part says aside."""
        if reading.docs or reading.annotations:
            self._kept[name] = (id(code), reading, scope)

    def passed(self, walk: Walk, code: object) -> None:
        """Note code that somebody gets as a value: a library may look at its annotations."""
        self._passed.add(id(code))
        if isinstance(code, (FunctionType, type)):
            walk.parts.pin(code)

    def ask(self, words: frozenset[str]) -> None:
        """Note what code asks for."""
        self._asks_docs = self._asks_docs or not _READ_DOCS.isdisjoint(words)
        self._asks_annotations = self._asks_annotations or not _READ_ANNOTATIONS.isdisjoint(words)

    def count(self, walk: Walk) -> None:
        """Add to the parts what is asked for and not yet there; that may be the beginning of further ways."""
        for name, (code, reading, scope) in list(self._kept.items()):
            if reading.docs and self._asks_docs:
                walk.parts.add(f"{name} documentation", reading.docs)
            asked = self._asks_annotations or code in self._passed
            if reading.annotations and asked and (name, "annotations") not in self._done:
                self._done.add((name, "annotations"))
                walk.parts.add(f"{name} annotations", reading.annotations)
                read_chains(walk, reading.hints, scope)
