"""What a step gives fits where it goes: arguments, items of maps, tests of branches, calls of workflows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, assert_never

from axl.check.agree import agrees
from axl.check.typeform import (
    dict_of,
    either,
    is_open,
    item_of,
    list_of,
    literal_hint,
    members,
    plain,
    shown,
    tuple_of,
)
from axl.check.wording import lines
from axl.errors import Loc, Problem
from axl.ir.hints import MISSING, Hint, Hints, StepHints
from axl.ir.nodes import (
    PARAMS,
    RESULT,
    Atom,
    Block,
    Branch,
    Const,
    Group,
    In,
    IRWorkflow,
    Map,
    Node,
    Out,
    Pack,
    Task,
)

RULE = "types"

_NO_STEP = StepHints()
_NOTHING = Const("null")


class _Typed(NamedTuple):
    """What is known of a value: its type, what people call it, the line that made it, what it may lack."""

    hint: Hint
    name: str
    loc: Loc | None = None
    lacks: str = ""


@dataclass(slots=True, eq=False)
class _Scope:
    """A block while its values are followed: inputs and results so far."""

    source: str
    inputs: Mapping[str, _Typed]
    results: dict[str, Mapping[str, Hint]]
    nodes: dict[str, Node]


def check(program: IRWorkflow, hints: Hints | None) -> Iterator[Problem]:
    """Yield a problem for every value that goes where its type does not fit; needs the annotations."""
    if hints is None:
        return
    inputs = {PARAMS: _Typed(MISSING, PARAMS)} | {
        param.name: _Typed(hints.params.get(param.name, MISSING), f"the parameter `{param.name}`", param.loc)
        for param in program.params
        if not param.step
    }
    follow = _Follow(hints)
    result = follow.block(program.body, program.source, inputs)
    follow.returns(program.source, result, program.loc)
    yield from follow.problems


class _Follow:
    """Follows values through blocks; blocks are nested to a fixed depth, so recursion is bounded."""

    def __init__(self, hints: Hints) -> None:
        self.hints = hints
        self.problems: list[Problem] = []

    def block(self, block: Block, source: str, inputs: Mapping[str, _Typed]) -> _Typed:
        """Check every node of a block, and return what is known of its result."""
        scope = _Scope(source, inputs, {}, {})
        for node in block.nodes:
            scope.results[node.id] = self._node(node, scope)
            scope.nodes[node.id] = node
        return self._typed(block.result, scope)

    def returns(self, source: str, result: _Typed, loc: Loc | None) -> None:
        """Check the result of a workflow against what its graph is annotated with."""
        want = self.hints.groups.get(source, _NO_STEP).gives.get(RESULT, MISSING)
        if not agrees(result.hint, want):
            what, hint = (
                f"{result.name} is {shown(result.hint)}",
                "change the annotation, or what is returned",
            )
            if result.hint is type(None) and result.loc is None:
                what, hint = (
                    "it returns nothing",
                    "end it with `return …`: the run results in what graph returns",
                )
            self._say(
                f"graph is annotated to return {shown(want)}, but {what}",
                result.lacks or hint,
                result.loc,
                loc,
            )

    def _node(self, node: Node, scope: _Scope) -> Mapping[str, Hint]:
        match node:
            case Task():
                return self._task(node, scope)
            case Map():
                return self._map(node, scope)
            case Branch():
                return self._branch(node, scope)
            case Group():
                return self._group(node, scope)
            case _:
                assert_never(node)

    def _task(self, node: Task, scope: _Scope) -> Mapping[str, Hint]:
        step = self.hints.steps.get((scope.source, node.step))
        if step is None:
            return {}
        modes = dict(node.policy.input_mode)
        for name, atom in node.args:
            want = step.takes.get(name, MISSING)
            if is_open(want):
                continue
            given = self._typed(atom, scope)
            if modes.get(name) == "path":
                self._as_path(node, name, given, step)
            elif not agrees(given.hint, want):
                self._say(
                    f"step `{node.step}` takes `{name}: {shown(want)}`, but {given.name} is {shown(given.hint)}",
                    given.lacks or _advice(given.hint, want, node, name),
                    node.loc,
                    given.loc,
                    step.loc,
                )
        return step.gives

    def _as_path(self, node: Task, name: str, given: _Typed, step: StepHints) -> None:
        """Check an argument that the engine hands a path and plain Python the value."""
        want = step.takes[name]
        form = f"annotate `{name}: {shown(given.hint)} | Path`, and ask with isinstance which it is"
        if not agrees(Path, want):
            self._say(
                f'step `{node.step}` takes `{name}: {shown(want)}`, but input_mode="path" gives it a Path',
                f'{form}; or drop input_mode="path"',
                node.loc,
                step.loc,
            )
        elif not agrees(given.hint, want):
            self.problems.append(
                Problem(
                    rule=RULE,
                    what=f"step `{node.step}` takes `{name}: {shown(want)}`, "
                    f"but called as plain Python it gets {given.name}, which is {shown(given.hint)}",
                    where=lines(node.loc, given.loc, step.loc),
                    hint=form,
                    severity="warning",
                )
            )

    def _map(self, node: Map, scope: _Scope) -> Mapping[str, Hint]:
        inputs = {name: self._typed(atom, scope) for name, atom in node.captures}
        for name, atom in zip(node.items, node.over, strict=True):
            given = self._typed(atom, scope)
            item = item_of(given.hint)
            if item is None:
                self._say(
                    f"`{node.id}` maps over {given.name}, which is {shown(given.hint)}, not a list",
                    "map over a list, or call the step without map",
                    node.loc,
                    given.loc,
                )
            inputs[name] = _Typed(MISSING if item is None else item, f"an item of {given.name}", given.loc)
        return {RESULT: list_of(self.block(node.body, scope.source, inputs).hint)}

    def _branch(self, node: Branch, scope: _Scope) -> Mapping[str, Hint]:
        test = self._typed(node.test, scope)
        if not all(_is_bool(plain(part)) for part in members(plain(test.hint))):
            self._say(
                f"`{node.id}` tests {test.name}, which is {shown(test.hint)}, not a bool",
                "let a step make the comparison and return a bool",
                node.loc,
                test.loc,
            )
        inputs = {name: self._typed(atom, scope) for name, atom in node.captures}
        arms = [self.block(arm, scope.source, inputs) for arm in (node.then, node.otherwise)]
        return {RESULT: either(arm.hint for arm in arms)}

    def _group(self, node: Group, scope: _Scope) -> Mapping[str, Hint]:
        graph = self.hints.groups.get(node.workflow, _NO_STEP)
        inputs: dict[str, _Typed] = {}
        for name, atom in node.captures:
            given = inputs[name] = self._typed(atom, scope)
            want = graph.takes.get(name, MISSING)
            if not agrees(given.hint, want):
                self._say(
                    f"graph of {node.workflow} takes `{name}: {shown(want)}`, but {given.name} is {shown(given.hint)}",
                    "pass a value of that type",
                    node.loc,
                    given.loc,
                )
                inputs[name] = _Typed(want, f"the argument `{name}`", node.loc)
        result = self.block(node.body, node.workflow, inputs)
        self.returns(node.workflow, result, node.loc)
        declared = graph.gives.get(RESULT, MISSING)
        return {RESULT: result.hint if is_open(declared) else declared}

    def _typed(self, atom: Atom, scope: _Scope) -> _Typed:
        match atom:
            case Const():
                return _Typed(literal_hint(atom.json), "the literal")
            case In():
                return scope.inputs.get(atom.name, _Typed(MISSING, f"`{atom.name}`"))
            case Out():
                hint = scope.results[atom.node].get(atom.port, MISSING)
                name = atom.node if atom.port == RESULT else f"{atom.node}.{atom.port}"
                node = scope.nodes[atom.node]
                return _Typed(hint, f"the result of `{name}`", node.loc, _lacking(node))
            case Pack():
                return self._packed(atom, scope)
            case _:
                assert_never(atom)

    def _packed(self, pack: Pack, scope: _Scope) -> _Typed:
        items = [self._typed(item, scope) for item in pack.items]
        loc = next((item.loc for item in items if item.loc is not None), None)
        name = f"the {pack.shape} passed"
        if pack.shape == "tuple":
            return _Typed(tuple_of(item.hint for item in items), name, loc)
        item = either(item.hint for item in items) if items else MISSING
        return _Typed(list_of(item) if pack.shape == "list" else dict_of(item), name, loc)

    def _say(self, what: str, hint: str, *where: Loc | None) -> None:
        self.problems.append(Problem(rule=RULE, what=what, where=lines(*where), hint=hint))


def _lacking(node: Node) -> str:
    """Say that a body or a branch returns nothing, which may be a forgotten `return`."""
    match node:
        case Map() if node.body.result == _NOTHING:
            return f"the body of `{node.id}` returns nothing: let it return a value"
        case Branch() if _NOTHING in (node.then.result, node.otherwise.result):
            return f"a branch of `{node.id}` returns nothing: let both return a value"
        case Group() if node.body.result == _NOTHING:
            return f"the graph of {node.workflow} returns nothing: let it return a value"
        case _:
            return ""


def _is_bool(hint: Hint) -> bool:
    return agrees(hint, bool) or (isinstance(hint, type) and hint.__name__ in ("bool", "bool_"))


def _advice(have: Hint, want: Hint, node: Task, name: str) -> str:
    item = item_of(have)
    if item is not None and not is_open(item) and agrees(item, want):
        return f"to call `{node.step}` once per item, write {node.step}.map(…)"
    if any(agrees(part, want) for part in members(have)) and len(members(have)) > 1:
        return (
            f"`{name}` does not take all of {shown(have)}: widen its annotation, or handle the others before"
        )
    return f"change the annotation of `{name}`, or pass something else"
