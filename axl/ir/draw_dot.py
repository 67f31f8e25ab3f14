"""Writes a picture in the DOT language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from axl.ir.picture import Frame, Kind, Line, Picture, Shape

_SHAPES: dict[Kind, str] = {
    "param": "shape=parallelogram",
    "task": "shape=box",
    "test": "shape=diamond",
    "value": "shape=box style=rounded",
    "result": "shape=oval",
    "exit": "shape=box peripheries=2",
}
_LINES: dict[Line, str] = {
    "data": "",
    "order": " [style=dashed]",
    "yes": " [style=dotted label=yes]",
    "no": " [style=dotted label=no]",
}


def dot(picture: Picture) -> str:
    """Return the digraph; no label can leave its quotes."""
    arrows = (f"  {arrow.start} -> {arrow.end}{_LINES[arrow.line]};" for arrow in picture.arrows)
    head = [f"digraph {_label(picture.root.label)} {{", '  graph [fontname="sans-serif"];']
    fonts = ['  node [fontname="sans-serif"];', '  edge [fontname="sans-serif"];']
    return "\n".join([*head, *fonts, *_parts(picture.root, "  "), *arrows, "}"])


def _parts(frame: Frame, indent: str) -> Iterator[str]:
    for part in frame.parts:
        if isinstance(part, Shape):
            yield f"{indent}{part.name} [{_SHAPES[part.kind]} label={_label(part.label)}];"
        else:
            yield f"{indent}subgraph cluster_{part.name} {{"
            yield f"{indent}  label={_label(part.label)};"
            yield from _parts(part, f"{indent}  ")
            yield f"{indent}}}"


def _label(text: str) -> str:
    # Graphviz reads backslashes and HTML entities inside quotes.
    return '"' + text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') + '"'
