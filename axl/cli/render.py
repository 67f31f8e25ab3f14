"""Draw a workflow: as a tree of text, or as a graph in Mermaid, DOT, SVG or PNG.

SVG and PNG need Graphviz's program `dot`.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Annotated, Literal

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.options import ModuleName, WorkflowName, workflow_of
from axl.errors import InternalError, StoreError, UnsupportedError, UsageError
from axl.ir.draw import draw_dot, draw_mermaid, draw_text
from axl.ir.nodes import IRWorkflow

_TEXTS = {"text": draw_text, "mermaid": draw_mermaid, "dot": draw_dot}
_ENDINGS = {
    ".txt": "text",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
    ".png": "png",
}


def command(
    ctx: typer.Context,
    workflow: WorkflowName = None,
    module: ModuleName = None,
    format: Annotated[  # noqa: A002 (the name of the option)
        Literal["text", "mermaid", "dot", "svg", "png"] | None,
        typer.Option("--format", help="Default: what the name of --out says, or else text."),
    ] = None,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="Write into a file.")] = None,
) -> int:
    screen = screen_of(ctx)
    form = format or _format_of(out)
    if form == "png" and out is None and screen.out.terminal:
        raise UsageError("a PNG is not for a terminal", hint="write it into a file: --out graph.png")
    drawing = _draw(api.trace(api.load(workflow_of(workflow, module))), form)
    if out is not None:
        _write(out, drawing)
        screen.data(out)
    elif form == "png":
        screen.data_bytes(drawing)
    else:
        screen.data(drawing.decode().rstrip("\n"))
    return 0


def _format_of(out: str | None) -> str:
    ending = Path(out).suffix.lower() if out else ""
    if ending and ending not in _ENDINGS:
        known = ", ".join(_ENDINGS)
        raise UsageError(
            f"cannot tell the format from the name {out!r}", hint=f"end it with {known}, or use --format"
        )
    return _ENDINGS.get(ending, "text")


def _draw(program: IRWorkflow, form: str) -> bytes:
    if form in _TEXTS:
        return _TEXTS[form](program).encode("utf-8", "backslashreplace") + b"\n"
    return _graphviz(draw_dot(program), form)


def _graphviz(dot: str, form: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise UnsupportedError(
            f"drawing {form} needs Graphviz, whose program `dot` is not installed",
            hint="install graphviz with the system's package manager, or use --format dot or mermaid",
        )
    done = subprocess.run([program, f"-T{form}"], input=dot.encode(), capture_output=True, check=False)
    if done.returncode:
        raise InternalError(f"dot refused the graph: {done.stderr.decode(errors='replace').strip()[:500]}")
    return done.stdout


def _write(out: str, drawing: bytes) -> None:
    try:
        Path(out).write_bytes(drawing)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise StoreError(f"cannot write {out!r}: {reason.lower()}") from error
