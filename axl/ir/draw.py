"""Draws a workflow: as a tree of text, as a Mermaid flowchart, as a graph for Graphviz.

Maps, branches and called workflows are frames around what they hold. The same workflow gives the
same text, and no name, type or literal can break the syntax.
"""

from __future__ import annotations

from axl.ir.draw_dot import dot
from axl.ir.draw_mermaid import mermaid
from axl.ir.draw_tree import tree
from axl.ir.nodes import IRWorkflow
from axl.ir.picture import picture_of


def draw_text(program: IRWorkflow) -> str:
    """Return a workflow as a tree, one node a line."""
    return tree(program)


def draw_mermaid(program: IRWorkflow) -> str:
    """Return a workflow as a Mermaid flowchart."""
    return mermaid(picture_of(program))


def draw_dot(program: IRWorkflow) -> str:
    """Return a workflow in the DOT language, for Graphviz."""
    return dot(picture_of(program))
