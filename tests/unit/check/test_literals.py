"""The rule about literals: canonical JSON of bounded size, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

import axl
from axl import Workflow, step
from axl.check.rules import literals
from axl.errors import Problem
from axl.ir.codec import decode, encode
from axl.ir.limits import MAX_CONST_BYTES, SMALL_CONST_BYTES
from axl.ir.nodes import Const, Pack
from tests.unit.ir.small import HERE, THERE, block, flow, group, param, task


def whats(problems: Iterable[Problem]) -> list[str]:
    return [problem.what for problem in problems]


BAD_LITERALS = {
    "spaces": ("[1, 2]", "has a literal that is not canonical JSON: [1, 2]", "write [1,2]"),
    "escapes": ('"\\u00e9"', "not canonical JSON", 'write "é"'),
    "a number's other spelling": ("1e2", "not canonical JSON: 1e2", "write 100.0"),
    "a key twice": ('{"a":1,"a":2}', "not canonical JSON", 'write {"a":2}'),
    "not JSON": ("{1:2}", "not JSON: {1:2}", "make the value inside a step"),
    "NaN": ("NaN", "not JSON: NaN", "make the value inside a step"),
    "nothing": ("", "not JSON: ", "make the value inside a step"),
    "too large": (
        '"' + "x" * (MAX_CONST_BYTES - 1) + '"',
        f"a literal of {MAX_CONST_BYTES + 1} bytes, the limit is {MAX_CONST_BYTES}",
        "return it from a step",
    ),
    "too large in bytes": (
        '"' + "é" * (MAX_CONST_BYTES // 2) + '"',
        f"a literal of {MAX_CONST_BYTES + 2} bytes",
        "return it from a step",
    ),
    "too deep": ("[" * 4000 + "]" * 4000, "nested more than 100 deep", "make the value inside a step"),
    "too many digits": ("1" * 5000, "not JSON: 1111", "make the value inside a step"),
    "half a character": ('"\ud800"', "not valid Unicode", "make the text inside a step"),
}


@pytest.mark.parametrize(("text", "what", "hint"), BAD_LITERALS.values(), ids=BAD_LITERALS)
def test_a_literal_is_canonical_json_of_bounded_size(text: str, what: str, hint: str) -> None:
    """What is wrong with a literal is named, with the line of the call."""
    [problem] = literals.check(flow(task("a", x=Const(text), loc=HERE)))

    assert what in problem.what
    assert problem.hint.startswith(hint)
    assert (HERE,) == problem.where


def test_literals_are_looked_for_everywhere() -> None:
    """Arguments, packs, captures, results of blocks, defaults and the exit task are searched."""
    bad = Const("1 ")
    program = replace(
        flow(
            task("a", x=Pack("list", (bad,))),
            group("g", block(result=bad, inputs=("k",)), k=bad),
            result=Pack("tuple", (bad,)),
            on_exit=task("bye", x=bad),
        ),
        params=(replace(param("n"), default=bad),),
    )

    owners = [what.partition(" has")[0] for what in whats(literals.check(program))]

    assert [
        "the parameter `n`",
        "the result",
        "`a`",
        "`g`",
        "the result of a block of `g`",
        "`bye`",
    ] == owners


@pytest.mark.parametrize(
    "text", ["null", "1", "1.0", "1e+16", '"é"', '{"b":1,"a":[]}', '"' + "x" * (MAX_CONST_BYTES - 2) + '"']
)
def test_canonical_literals_pass(text: str) -> None:
    """Keys keep the author's order, characters stand as they are, and the limit itself is allowed."""
    assert [] == list(literals.check(flow(task("a", x=Const(text)))))


def of_size(size: int) -> Const:
    return Const('"' + "x" * (size - 2) + '"')


def test_large_literals_are_bounded_together() -> None:
    """Two that pass alone may be too much together, also when they are the same; all lines are named."""
    half = of_size(MAX_CONST_BYTES // 2 + 1)
    program = flow(task("a", x=half, loc=HERE), task("b", x=half, loc=THERE))

    [problem] = literals.check(program)

    assert f"take {MAX_CONST_BYTES + 2} bytes together, the limit is {MAX_CONST_BYTES}" in problem.what
    assert (HERE, THERE) == problem.where
    assert problem.hint


def test_small_literals_count_against_nothing() -> None:
    """A long workflow may hold any number of them."""
    small = of_size(SMALL_CONST_BYTES)

    assert [] == list(literals.check(flow(*(task(f"a{number}", x=small) for number in range(40)))))


class Long(Workflow):
    """Maps over more than eight kilobytes of numbers."""

    @step
    def half(self, n: int) -> float:
        return n / 2

    @step
    def total(self, numbers: list[float], names: list[str]) -> float:
        return sum(numbers) + len(names)

    def graph(self) -> float:
        return self.total(self.half.map(range(2000), batch=500), [f"name {n}" for n in range(9000)])


def test_a_long_literal_list_runs(tmp_path: Path) -> None:
    """What plain Python gives is what the engine gives, and the program survives its JSON form."""
    program = axl.trace(Long)

    run = axl.run(Long, executor="inline", store=tmp_path)

    assert [] == list(axl.validate(Long))
    assert program == decode(encode(program))
    assert Long().graph() == run.result
