"""Writes a picture as a Mermaid flowchart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from axl.ir.picture import Frame, Kind, Line, Picture, Shape

_SHAPES: dict[Kind, tuple[str, str]] = {
    "param": ("[/", "/]"),
    "task": ("[", "]"),
    "test": ("{", "}"),
    "value": ("(", ")"),
    "result": ("([", "])"),
    "exit": ("[[", "]]"),
}
_LINES: dict[Line, str] = {"data": "-->", "order": "-.->", "yes": "-.->|yes|", "no": "-.->|no|"}

_unsafe = re.compile(r"[^\w ,.:=()\[\]%…?-]|^[-\d]")


def mermaid(picture: Picture) -> str:
    """Return the flowchart; no label can leave its quotes."""
    arrows = (f"  {arrow.start} {_LINES[arrow.line]} {arrow.end}" for arrow in picture.arrows)
    return "\n".join(["flowchart TD", *_parts(picture.root, "  "), *arrows])


def _parts(frame: Frame, indent: str) -> Iterator[str]:
    for part in frame.parts:
        if isinstance(part, Shape):
            left, right = _SHAPES[part.kind]
            yield f"{indent}{part.name}{left}{_label(part.label)}{right}"
        else:
            yield f"{indent}subgraph {part.name}[{_label(part.label)}]"
            yield from _parts(part, f"{indent}  ")
            yield f"{indent}end"


def _label(text: str) -> str:
    return f'"{_unsafe.sub(_code, text)}"'


def _code(found: re.Match[str]) -> str:
    return f"#{ord(found.group())};"
