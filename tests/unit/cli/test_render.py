"""`axl render` draws the graph of a workflow in every format."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.cli.command_line import Axl


@pytest.mark.parametrize(("form", "word"), [("text", "add"), ("mermaid", "flowchart"), ("dot", "digraph")])
def test_render_draws(axl: Axl, form: str, word: str) -> None:
    """Every text format names the steps."""
    done = axl("render", "good.py", "--format", form)

    assert (0, "") == (done.code, done.err)
    assert word in done.out
    assert "total" in done.out


def test_render_writes_a_file_of_the_format_of_its_name(axl: Axl, tmp_path: Path) -> None:
    """The ending chooses the format; the path is printed."""
    done = axl("render", "good.py", "--out", str(tmp_path / "graph.dot"))

    assert f"{tmp_path / 'graph.dot'}\n" == done.out
    assert (tmp_path / "graph.dot").read_text().startswith("digraph")


def test_render_without_graphviz_says_what_is_missing(axl: Axl, monkeypatch: pytest.MonkeyPatch) -> None:
    """SVG needs a program; the message names it and what works without."""
    monkeypatch.setenv("PATH", "/nowhere")

    done = axl("render", "good.py", "--format", "svg")

    assert 3 == done.code
    assert "needs Graphviz" in done.err
    assert "--format dot" in done.err


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize(("form", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_render_makes_pictures(axl: Axl, tmp_path: Path, form: str, magic: bytes) -> None:
    """With Graphviz there are pictures."""
    axl("render", "good.py", "--out", str(tmp_path / f"graph.{form}"))

    assert (tmp_path / f"graph.{form}").read_bytes().startswith(magic)
