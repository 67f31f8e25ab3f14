"""Pictures of workflows: arrows from makers to users, labels that stay in their quotes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from axl.ir.draw import draw_dot, draw_mermaid, draw_text
from axl.ir.nodes import Const, In, IRWorkflow, Out, Pack
from tests.unit.ir.small import block, branch, each, flow, group, param, task

PROGRAM = flow(
    task("folders", root=In("root")),
    each(
        "size_map", Out("folders"), block(task("size", x=In("x"), r=In("r")), inputs=("x", "r")), r=In("root")
    ),
    branch(
        "when",
        Out("size_map"),
        block(task("log", t=In("t")), inputs=("t",)),
        block(inputs=("t",)),
        t=Out("folders"),
    ),
    task("done", x=Out("when"), after=("size_map",)),
    params=("root",),
    on_exit=task("bye"),
)


def arrows(text: str, link: str) -> set[tuple[str, str]]:
    """Return the arrows of a drawing, as pairs of labels."""
    labels = dict(re.findall(r'(n\d+)[^"\n]*"([^"]*)"', text))
    pairs = re.findall(rf"(n\d+) {link}\S* (n\d+)", text)
    return {(labels[start], labels[end]) for start, end in pairs}


def test_the_tree() -> None:
    """Every node has a line; what it holds is under it, what it waits for behind it."""
    expected = """\
flow (root: int)
├─ folders
├─ size_map: each x  ← folders
│  ├─ size
│  └─ → size
├─ when: size_map?  ← size_map, folders
│  ├─ then
│  │  ├─ log
│  │  └─ → log
│  └─ otherwise
│     └─ → null
├─ done  ← when, size_map
├─ → done
└─ on exit: bye"""
    assert expected == draw_text(PROGRAM)


def test_a_group_and_another_name_in_the_tree() -> None:
    """A task that is not named after its step says which step it calls."""
    program = flow(group("g", block(task("load_2", "load"))))

    assert ["├─ g: other:Other", "│  ├─ load_2 = load()"] == draw_text(program).splitlines()[1:3]


@pytest.mark.parametrize(("draw", "data", "order"), [(draw_mermaid, "-->", "-.->"), (draw_dot, "->", "->")])
def test_arrows_run_from_makers_to_users(draw, data: str, order: str) -> None:
    """Captures and items are followed through frames to the shapes that they come from."""
    text = draw(PROGRAM)

    found = arrows(text, data)

    assert found >= {
        ("root: int", "folders"),
        ("folders", "size"),
        ("root: int", "size"),
        ("size", "size_map?"),
        ("folders", "log"),
        ("log", "done"),
        ("null", "done"),
        ("done", "result"),
    }
    assert ("size", "done") in arrows(text, order)


def test_mermaid_frames() -> None:
    """Maps, branches and arms are subgraphs, each closed."""
    text = draw_mermaid(PROGRAM)

    frames = re.findall(r'subgraph g\d+\["([^"]*)"\]', text)

    assert ["size_map: each x", "when", "then", "otherwise"] == frames
    assert len(frames) == text.count("\n  end") + text.count("\n    end")
    assert 2 == len(re.findall(r"-\.->\|(?:yes|no)\|", text))


def test_dot_is_balanced() -> None:
    """Braces outside quotes pair up."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', draw_dot(PROGRAM))

    assert bare.count("{") == bare.count("}") == 5


def test_an_empty_body_is_a_shape() -> None:
    """A map that gives back its items still has something to point at."""
    program = flow(task("a"), each("m", Out("a"), block(result=In("x"), inputs=("x",))))

    assert {("a", "%x"), ("%x", "result")} == arrows(draw_dot(program), "->")


def test_packs_have_many_makers() -> None:
    """A list around symbols points from each of them, once."""
    program = flow(task("a"), task("b"), task("c", x=Pack("list", (Out("a"), Out("b"), Out("a")))))

    assert {("a", "c"), ("b", "c"), ("c", "result")} == arrows(draw_dot(program), "->")


HOSTILE = [
    '"]; end',
    'a"b',
    "a\\",
    "</script>",
    "#quot;",
    "`x`",
    "x\ny",
    "%%{init}%%",
    "-->|x|",
    "\ud800",
    "]",
    "&lt;",
    "1. a",
]


def hostile(text: str) -> IRWorkflow:
    program = flow(
        task("a", x=Const(text), step=text), group("g", block(task("b"))), params=("n",), name=text, doc=text
    )
    return replace(program, params=(replace(param("n"), name=text, type=text),))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_leaves_its_quotes(text: str) -> None:
    """Whatever a name holds, each line keeps its shape."""
    mermaid = draw_mermaid(hostile(text)).splitlines()
    dot = draw_dot(hostile(text))

    quoted = r'"[^"`<>&\\]*"'
    shape = rf"n\d+(\[/{quoted}/\]|\[{quoted}\]|\(\[{quoted}\]\))"
    line = re.compile(rf"flowchart TD|\s+({shape}|subgraph g\d+\[{quoted}\]|end|n\d+ -->(\|\w+\|)? n\d+)")
    assert [] == [text for text in mermaid if not line.fullmatch(text)]
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "Q", dot)
    assert re.fullmatch(r"digraph Q \{[\w\s\[\]=;>{}-]*\}", bare)
    assert 6 == len(draw_text(hostile(text)).splitlines())


def test_drawings_are_stable() -> None:
    """The same workflow gives the same text."""
    assert [draw(PROGRAM) for draw in (draw_text, draw_mermaid, draw_dot)] == [
        draw(replace(PROGRAM, loc=None)) for draw in (draw_text, draw_mermaid, draw_dot)
    ]
