"""A workflow as a picture before it has a syntax: shapes in frames, and arrows between shapes.

Captures, items and results are followed to the shapes that they come from, so that an arrow always
runs from a maker to a user, across as many frames as lie between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, assert_never

from axl.ir.nodes import PARAMS, Atom, Block, Branch, Group, In, IRWorkflow, Map, Node, Out, Task
from axl.ir.walk import atoms, dependencies
from axl.ir.words import atom_words, clean

Kind: TypeAlias = Literal["param", "task", "test", "value", "result", "exit"]
Line: TypeAlias = Literal["data", "order", "yes", "no"]


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing with a label; `name` is made up and safe in every syntax."""

    name: str
    label: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Arrow:
    """From maker to user; `order` where no data flows, `yes` and `no` from a test to its arms."""

    start: str
    end: str
    line: Line


@dataclass(slots=True, eq=False)
class Frame:
    """What stands together: the body of a map or a workflow, a branch and each of its arms."""

    name: str
    label: str
    parts: list[Shape | Frame] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Picture:
    """A whole workflow; `root` is not drawn as a frame."""

    root: Frame
    arrows: list[Arrow] = field(default_factory=list)


Makers: TypeAlias = tuple[str, ...]
"""The names of the shapes that a value comes from."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A node or block in the picture: what makes its result, what starts first, what came last."""

    makers: Makers
    entries: Makers
    last: Makers


@dataclass(slots=True, eq=False)
class _Scope:
    inputs: Mapping[str, Makers]
    drawn: dict[str, _Drawn] = field(default_factory=dict)

    def makers(self, atom: Atom) -> Makers:
        """Return the shapes that an operand comes from, each once."""
        found: dict[str, None] = {}
        for leaf in atoms(atom):
            if isinstance(leaf, In):
                found.update(dict.fromkeys(self.inputs.get(leaf.name, ())))
            elif isinstance(leaf, Out) and leaf.node in self.drawn:
                found.update(dict.fromkeys(self.drawn[leaf.node].makers))
        return tuple(found)


def picture_of(program: IRWorkflow) -> Picture:
    """Return the picture of a workflow; names and order depend on the workflow alone."""
    painter = _Painter(Picture(Frame("root", clean(program.name))))
    root = painter.picture.root
    inputs: dict[str, Makers] = {
        param.name: (
            painter.shape(root, f"{param.name}: {param.type}" if param.type else param.name, "param"),
        )
        for param in program.params
        if not param.step
    }
    inputs[PARAMS] = ()
    scope = _Scope(inputs)
    painter.nodes(program.body, scope, root)
    end = painter.shape(root, "result", "result")
    painter.arrows(scope.makers(program.body.result), (end,), "data")
    if program.on_exit is not None:
        painter.shape(root, f"on exit: {program.on_exit.id}", "exit")
    return painter.picture


class _Painter:
    """Draws block after block; blocks are nested to a fixed depth, so recursion is bounded."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self._count = 0

    def shape(self, frame: Frame, label: str, kind: Kind) -> str:
        name = self._name("n")
        frame.parts.append(Shape(name, clean(label), kind))
        return name

    def frame(self, outer: Frame, label: str) -> Frame:
        inner = Frame(self._name("g"), clean(label))
        outer.parts.append(inner)
        return inner

    def arrows(self, starts: Iterable[str], ends: Iterable[str], line: Line) -> None:
        self.picture.arrows.extend(Arrow(start, end, line) for start in starts for end in ends)

    def nodes(self, block: Block, scope: _Scope, frame: Frame) -> None:
        for node in block.nodes:
            drawn = scope.drawn[node.id] = self._node(node, scope, frame)
            for name in node.after:
                if name in scope.drawn:
                    self.arrows(scope.drawn[name].last, drawn.entries, "order")

    def _block(self, block: Block, inputs: Mapping[str, Makers], frame: Frame) -> _Drawn:
        scope = _Scope(inputs)
        if not block.nodes:
            name = self.shape(frame, atom_words(block.result), "value")
            self.arrows(scope.makers(block.result), (name,), "data")
            return _Drawn((name,), (name,), (name,))
        self.nodes(block, scope, frame)
        entries = [
            name for node in block.nodes if not dependencies(node) for name in scope.drawn[node.id].entries
        ]
        return _Drawn(scope.makers(block.result), tuple(entries), scope.drawn[block.nodes[-1].id].last)

    def _node(self, node: Node, scope: _Scope, frame: Frame) -> _Drawn:
        match node:
            case Task():
                return self._task(node, scope, frame)
            case Map():
                items = {name: scope.makers(atom) for name, atom in zip(node.items, node.over, strict=False)}
                lists = ", ".join(node.items)
                return self._block(
                    node.body, items | _captured(node, scope), self.frame(frame, f"{node.id}: each {lists}")
                )
            case Branch():
                return self._branch(node, scope, frame)
            case Group():
                inner = self.frame(frame, f"{node.id}: {node.workflow.rpartition(':')[2]}")
                return self._block(node.body, _captured(node, scope), inner)
            case _:
                assert_never(node)

    def _task(self, node: Task, scope: _Scope, frame: Frame) -> _Drawn:
        name = self.shape(frame, node.id, "task")
        makers = dict.fromkeys(maker for _, atom in node.args for maker in scope.makers(atom))
        self.arrows(makers, (name,), "data")
        return _Drawn((name,), (name,), (name,))

    def _branch(self, node: Branch, scope: _Scope, frame: Frame) -> _Drawn:
        outer = self.frame(frame, node.id)
        test = self.shape(outer, f"{atom_words(node.test)}?", "test")
        self.arrows(scope.makers(node.test), (test,), "data")
        captured = _captured(node, scope)
        then = self._block(node.then, captured, self.frame(outer, "then"))
        otherwise = self._block(node.otherwise, captured, self.frame(outer, "otherwise"))
        self.arrows((test,), then.entries, "yes")
        self.arrows((test,), otherwise.entries, "no")
        makers = tuple(dict.fromkeys((*then.makers, *otherwise.makers)))
        return _Drawn(makers, (test,), (*then.last, *otherwise.last))

    def _name(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"


def _captured(node: Map | Branch | Group, scope: _Scope) -> dict[str, Makers]:
    return {name: scope.makers(atom) for name, atom in node.captures}
