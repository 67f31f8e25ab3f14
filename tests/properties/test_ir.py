"""What holds for every workflow: it survives its JSON form, and no other bytes pass for one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axl.check import check, wellformed
from axl.errors import DefinitionError, Loc
from axl.ir import walk
from axl.ir.codec import decode, encode, from_json, to_json
from axl.ir.digest import workflow_hash
from axl.ir.draw import draw_dot, draw_mermaid, draw_text
from axl.ir.nodes import IRWorkflow
from axl.ir.show import show, show_with_lines
from tests.properties.programs import json_values, programs

slow = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
slower = settings(slow, max_examples=6)
HASHES = "import sys; from axl.ir.codec import decode; print(*(decode(b).compute_hash() for b in sys.stdin.buffer.read().split(b'\\n')))"


@slow
@given(programs())
def test_random_programs_are_legal(program: IRWorkflow) -> None:
    """The generator's programs break no invariant and no rule but those about what is unused."""
    rules = {problem.rule for problem in check(program) if problem.severity == "error"}

    assert ((), set()) == (wellformed(program), rules)


@slow
@given(programs())
def test_a_program_survives_its_json_form(program: IRWorkflow) -> None:
    """Decoding gives back the same program, its lines included, and the same bytes again."""
    data = encode(program)

    again = decode(data)

    assert (program, data, to_json(program)) == (again, encode(again), json.loads(data))
    assert program == from_json(to_json(program))
    assert _locs(program) == _locs(again)


@slow
@given(programs())
def test_the_encoding_is_canonical(program: IRWorkflow) -> None:
    """The bytes are what sorting keys and leaving out spaces gives."""
    data = encode(program)

    plain = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert plain.encode() == data


@slow
@given(programs(), st.builds(Loc, st.just("elsewhere.py"), st.integers(1, 9)))
def test_the_hash_does_not_know_lines(program: IRWorkflow, loc: Loc) -> None:
    """Moving the class to other lines leaves its hash as it is; another name changes it."""
    moved = replace(program, loc=loc)
    renamed = replace(program, name=f"{program.name}-2")

    assert workflow_hash(program) == workflow_hash(moved)
    assert workflow_hash(program) != workflow_hash(renamed)


@slower
@given(st.lists(programs(), min_size=3, max_size=6))
def test_the_hash_is_the_same_in_every_process(drawn: list[IRWorkflow]) -> None:
    """Neither the process nor the seed of Python's own hashes changes the hash."""
    data = b"\n".join(encode(program) for program in drawn)
    expected = " ".join(workflow_hash(program) for program in drawn)

    found = {
        subprocess.run(
            [sys.executable, "-c", HASHES],
            input=data,
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        .stdout.decode()
        .strip()
        for seed in ("0", "42")
    }

    assert {expected} == found


@slow
@given(programs())
def test_every_program_can_be_shown_and_drawn(program: IRWorkflow) -> None:
    """Printing and drawing name every task, each on a line of its own, and never fail."""
    ids = [task.id for _, task in walk.tasks(program)]

    for text in (
        show(program),
        show_with_lines(program),
        draw_text(program),
        draw_mermaid(program),
        draw_dot(program),
    ):
        assert all(name in text for name in ids)
    assert len(show(program).splitlines()) == len(show_with_lines(program).splitlines())


@slow
@given(programs())
def test_the_lists_that_maps_run_over_are_outputs_of_tasks(program: IRWorkflow) -> None:
    """Only outputs that exist are to be stored item by item."""
    outputs = {(task.id, output.name) for _, task in walk.tasks(program) for output in task.outputs}

    assert outputs >= walk.split_outputs(program)


@slow
@given(programs(), st.data())
def test_a_changed_document_is_refused_or_is_another_program(
    program: IRWorkflow, data: st.DataObject
) -> None:
    """One change anywhere in a document gives an error of ours, or a program that can be looked at."""
    document = to_json(program)
    path = data.draw(st.sampled_from(_paths(document)))
    changed = _changed(document, path, data)

    try:
        other = from_json(changed)
    except DefinitionError:
        return
    check(other)
    for text in (show(other), draw_text(other), draw_mermaid(other), draw_dot(other)):
        assert text
    assert other == decode(encode(other))


@slow
@given(programs(), st.data())
def test_changed_bytes_are_refused_or_are_another_program(program: IRWorkflow, data: st.DataObject) -> None:
    """Bytes that were cut, doubled or overwritten give an error of ours or a program."""
    whole = encode(program)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    middle = data.draw(
        st.binary(max_size=6)
        | st.sampled_from((b'"', b"[" * 3000, b"NaN", b"\\ud800", b"9" * 5000, b"1e999"))
    )

    try:
        other = decode(whole[:start] + middle + whole[end:])
    except DefinitionError:
        return
    check(other)


def _locs(program: IRWorkflow) -> list[Loc | None]:
    params = [param.loc for param in program.params]
    return [program.loc, *params, *(visit.node.loc for visit in walk.nodes(program))]


def _paths(document: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    stack: list[tuple[tuple[Any, ...], Any]] = [((), document)]
    while stack:
        path, value = stack.pop()
        found.append(path)
        if isinstance(value, dict):
            stack.extend(((*path, key), item) for key, item in value.items())
        elif isinstance(value, list):
            stack.extend(((*path, place), item) for place, item in enumerate(value))
    return found


def _changed(document: Any, path: tuple[Any, ...], data: st.DataObject) -> Any:
    """Return the document with what is at the path replaced, dropped, or joined by something new."""
    junk = data.draw(json_values)
    if not path:
        return junk
    *outer, last = path
    holder = document
    for part in outer:
        holder = holder[part]
    match data.draw(st.sampled_from(("replace", "drop", "add", "swap"))):
        case "replace":
            holder[last] = junk
        case "drop":
            del holder[last]
        case "add" if isinstance(holder, dict):
            holder["new"] = junk
        case "add":
            holder.append(junk)
        case _:
            names = sorted({json.dumps(value) for value in _leaves(document)})
            holder[last] = json.loads(data.draw(st.sampled_from(names)))
    return document


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]
