"""Literals are canonical JSON of bounded size, so that a document holds them and every target gets them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from axl.check.wording import lines
from axl.errors import Loc, Problem
from axl.ir.hints import Hints
from axl.ir.limits import MAX_CONST_BYTES, MAX_CONST_DEPTH, SMALL_CONST_BYTES
from axl.ir.nodes import Atom, Const, IRWorkflow, Node, Pack
from axl.ir.walk import atoms, blocks, nodes, operands

RULE = "literals"
_ELSEWHERE = "return it from a step, or read it from a file in one"
_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}]')


def check(program: IRWorkflow, _hints: Hints | None = None) -> Iterator[Problem]:
    """Yield a problem for every literal that is no canonical JSON or too large, and for too many large ones."""
    sound: set[str] = set()
    large: list[tuple[int, Loc | None]] = []
    for text, owner, loc in _literals(program, sound):
        if len(text) > SMALL_CONST_BYTES:
            large.append((_size(text), loc))
        if text in sound:
            continue
        found = fault(text)
        if found is None:
            sound.add(text)
            continue
        what, hint = found
        yield Problem(rule=RULE, what=f"{owner} {what}", where=lines(loc), hint=hint)
    total = sum(size for size, _ in large)
    if total > MAX_CONST_BYTES >= max(size for size, _ in large):
        what = (
            f"the large literals of the workflow take {total} bytes together, the limit is {MAX_CONST_BYTES}"
        )
        yield Problem(rule=RULE, what=what, where=lines(*(loc for _, loc in large)), hint=_ELSEWHERE)


def fault(text: str) -> tuple[str, str] | None:
    """Return what is wrong with the JSON text of a literal, and what to do; `None` if nothing is."""
    if not text.isascii() and _has_surrogate(text):
        return "has a literal that is not valid Unicode", "make the text inside a step"
    size = _size(text)
    if size > MAX_CONST_BYTES:
        return f"has a literal of {size} bytes, the limit is {MAX_CONST_BYTES}", _ELSEWHERE
    if text.count("[") + text.count("{") > MAX_CONST_DEPTH and _depth(text) > MAX_CONST_DEPTH:
        return f"has a literal nested more than {MAX_CONST_DEPTH} deep", "make the value inside a step"
    try:
        value = json.loads(text)
        again = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError):
        return f"has a literal that is not JSON: {shortened(text)}", "make the value inside a step"
    if again != text:
        return f"has a literal that is not canonical JSON: {shortened(text)}", f"write {shortened(again)}"
    return None


def shortened(text: str) -> str:
    """Return a text cut to what fits in a message."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _depth(text: str) -> int:
    depth = deepest = 0
    for part in _TEXT_OR_BRACKET.findall(text):
        depth += (part in "[{") - (part in "]}")
        deepest = max(deepest, depth)
    return deepest


def _literals(program: IRWorkflow, sound: set[str]) -> Iterator[tuple[str, str, Loc | None]]:
    for param in program.params:
        if param.default is not None:
            yield param.default.json, f"the parameter `{param.name}`", param.loc
    for text in _texts(program.body.result):
        yield text, "the result", program.loc
    for visit in nodes(program):
        yield from _of_node(visit.node, sound)
    if program.on_exit is not None:
        yield from _of_node(program.on_exit, sound)


def _of_node(node: Node, sound: set[str]) -> Iterator[tuple[str, str, Loc | None]]:
    for operand in operands(node):
        if isinstance(operand, Const):
            if operand.json not in sound or len(operand.json) > SMALL_CONST_BYTES:
                yield operand.json, f"`{node.id}`", node.loc
        elif isinstance(operand, Pack):
            for text in _texts(operand):
                yield text, f"`{node.id}`", node.loc
    for block in blocks(node):
        for text in _texts(block.result):
            yield text, f"the result of a block of `{node.id}`", node.loc


def _texts(atom: Atom) -> Iterator[str]:
    return (leaf.json for leaf in atoms(atom) if isinstance(leaf, Const))


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)
