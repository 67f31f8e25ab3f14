"""The JSON form of workflows and policies, and what is refused on the way back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axl.errors import DefinitionError, Loc
from axl.ir.codec import decode, encode, from_json, policy_from_json, policy_to_json, to_json
from axl.ir.digest import workflow_hash
from axl.ir.nodes import Const, In, Out, Pack
from axl.ir.policy import CachePolicy, Policy, Resources, RetryPolicy
from tests.properties.programs import policies
from tests.unit.ir.small import HERE, block, branch, chain, each, flow, nested, task

SMALL = flow(task("a", x=In("n"), k=Const("1.0"), loc=HERE), params=("n",))
DOCUMENT = {
    "body": {
        "inputs": ["n"],
        "nodes": [
            {
                "args": [["x", {"in": "n"}], ["k", {"const": "1.0"}]],
                "id": "a",
                "kind": "task",
                "loc": "flow.py:7",
                "outputs": [{"ext": "pkl", "handler": "pickle", "name": "result", "type": "int"}],
                "step": "a",
            }
        ],
        "result": {"out": "a"},
    },
    "ir_version": 1,
    "loc": "flow.py:3",
    "name": "flow",
    "params": [{"name": "n", "required": True, "schema": "{}", "type": "int"}],
    "source": "flow:Flow",
}


def test_the_form_is_as_documented() -> None:
    """Defaults are left out, operands are tagged, locations are file:line."""
    assert DOCUMENT == to_json(SMALL)


def test_the_bytes_are_sorted_and_dense() -> None:
    """Encoding writes sorted keys, no spaces and characters as they are."""
    program = flow(task("a"), doc="für alle")

    data = encode(program)

    assert data.startswith(b'{"body":{"nodes":[{"id":"a","kind":"task"')
    assert '"doc":"für alle"'.encode() in data


def test_every_kind_of_operand_comes_back() -> None:
    """Packs in packs, ports, inputs and literals survive."""
    pack = Pack("dict", (Pack("tuple", (Const('"é"'), Pack("list", ()))), Out("a", "model")), ("k 1", ""))
    program = flow(task("a", ports=("model", "score")), result=pack)

    assert program == decode(encode(program))


def test_numbers_keep_one_spelling() -> None:
    """Equal policies have equal hashes, whether their seconds were whole numbers or not."""
    whole = flow(task("a", policy=Policy(timeout_s=10, retry=RetryPolicy(delay_s=5))))
    broken = flow(task("a", policy=Policy(timeout_s=10.0, retry=RetryPolicy(delay_s=5.0))))

    assert (whole, workflow_hash(whole)) == (broken, workflow_hash(broken))


def test_the_default_policy_is_empty() -> None:
    """Nothing is written of a policy that says nothing."""
    assert ({}, Policy()) == (policy_to_json(Policy()), policy_from_json({}))


def test_a_policy_writes_what_differs() -> None:
    """Only fields that were set are written, in their units."""
    policy = Policy(resources=Resources(memory_bytes=1024), cache=CachePolicy(enabled=False), timeout_s=1.5)

    expected = {"resources": {"memory_bytes": 1024}, "cache": {"enabled": False}, "timeout_s": 1.5}
    assert expected == policy_to_json(policy)


@given(policies)
def test_policies_come_back(policy: Policy) -> None:
    """Any policy in range survives its JSON form, through text too."""
    assert policy == policy_from_json(json.loads(json.dumps(policy_to_json(policy))))


def test_a_long_chain_needs_no_stack() -> None:
    """A chain of 100,000 nodes is encoded, hashed and read back."""
    program = chain(100_000)

    again = decode(encode(program))

    assert program == again
    assert workflow_hash(program) == workflow_hash(again)


def test_nesting_is_bounded_both_ways() -> None:
    """Fifty blocks in each other pass; one more is refused by the writer and by the reader."""
    deepest = nested(50)
    document = to_json(deepest)
    inner: Any = document["body"]
    while "nodes" in inner:
        inner = inner["nodes"][0]["body"]
    inner["nodes"] = [
        {"kind": "map", "id": "more", "over": [{"in": "x"}], "items": ["y"], "body": {"result": {"in": "y"}}}
    ]

    assert deepest == decode(encode(deepest))
    with pytest.raises(DefinitionError, match="nested more than 50 deep"):
        encode(nested(51))
    with pytest.raises(DefinitionError, match="nested more than 50 deep"):
        from_json(document)


def test_packs_are_bounded_too() -> None:
    """Fifty lists around a symbol pass; one more is refused."""

    def packed(depth: int) -> Pack:
        pack = Pack("list", (In("n"),))
        for _ in range(depth - 1):
            pack = Pack("list", (pack,))
        return pack

    assert flow(result=packed(50)) == decode(encode(flow(result=packed(50))))
    with pytest.raises(DefinitionError, match="more than 50 deep"):
        encode(flow(result=packed(51)))


def test_half_a_character_is_refused() -> None:
    """A lone surrogate cannot be written as UTF-8: an error of ours says so."""
    with pytest.raises(DefinitionError, match="half of a character"):
        encode(flow(task("a"), doc="\ud800"))


def test_numbers_that_json_lacks_are_refused() -> None:
    """NaN in a policy is an error of ours."""
    with pytest.raises(DefinitionError, match="cannot be written as JSON"):
        encode(flow(task("a", policy=Policy(timeout_s=float("nan")))))


def test_shared_documents_do_not_leak() -> None:
    """Changing one JSON form changes no other one."""
    first = to_json(SMALL)
    first["name"] = "other"

    assert DOCUMENT == to_json(SMALL)


def test_the_hash_is_pinned() -> None:
    """The identity of a workflow does not change between releases by accident."""
    program = flow(
        task("a", x=In("n"), policy=Policy(timeout_s=60.0)),
        each("a_map", Out("a"), block(task("b", x=In("x")), inputs=("x",))),
        branch("when", Out("a_map"), block(), block(result=Const("[1,2]"))),
        params=("n",),
        loc=Loc("anywhere.py", 1),
    )

    assert "77a5c5d1ac0245ad23d8c243d8a9ed794a6dfda1b945b33aff3421c2c0c7b311" == program.compute_hash()


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the document with one place set; `DROP` removes it."""
    document: Any = json.loads(json.dumps(DOCUMENT))
    *outer, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    holder = document
    for part in outer:
        holder = holder[part]
    if value is DROP:
        del holder[last]
    else:
        holder[last] = value
    return dict(document)


DROP = object()
NODE = "body/nodes/0"
WRONG: list[tuple[str, object, str]] = [
    ("name", DROP, "the document: the key 'name' is missing"),
    ("nmae", "x", "the document: unknown key 'nmae'"),
    ("name", 1, "name: expected a text, found a number"),
    ("name", None, "name: expected a text, found null"),
    ("ir_version", "1", "ir_version: expected a whole number, found a text"),
    ("ir_version", True, "ir_version: expected a whole number, found true or false"),
    ("ir_version", 0, "there is no version 0"),
    ("ir_version", 2, "has version 2, this axl reads up to 1"),
    ("body", [], "body: expected an object, found a list"),
    ("body/result", DROP, "body: the key 'result' is missing"),
    ("body/result", {"out": "a", "prt": "x"}, "body.result: this is no operand"),
    ("body/result", {}, "body.result: this is no operand"),
    ("body/result", "a", "body.result: expected an object, found a text"),
    ("body/result", {"const": 1}, "body.result: this is no operand"),
    ("body/result", {"list": [], "tuple": []}, "body.result: this is no operand"),
    ("body/result", {"dict": [["k"]]}, "body.result.dict[0]: expected a name and a value, found 1 items"),
    ("body/result", {"list": [{"in": 1}]}, "body.result.list[0]: this is no operand"),
    ("body/inputs", ["n", 1], "body.inputs[1]: expected a text, found a number"),
    (NODE, None, "body.nodes[0]: expected an object, found null"),
    (f"{NODE}/kind", "tsak", "body.nodes[0].kind: 'tsak' is not known here"),
    (f"{NODE}/args", {}, "body.nodes[0].args: expected a list, found an object"),
    (f"{NODE}/args/0", ["x"], "body.nodes[0].args[0]: expected a name and a value"),
    (f"{NODE}/args/0/1", 5, "body.nodes[0].args[0][1]: expected an object, found a number"),
    (f"{NODE}/loc", "flow.py", "body.nodes[0].loc: 'flow.py' is not file:line"),
    (f"{NODE}/loc", "flow.py:x", "is not file:line"),
    (f"{NODE}/policy", {"timout_s": 1}, "body.nodes[0].policy: unknown key 'timout_s'"),
    (f"{NODE}/policy", {"timeout_s": "1"}, "body.nodes[0].policy.timeout_s: expected a number, found a text"),
    (f"{NODE}/policy", {"timeout_s": 10**400}, "policy.timeout_s: the number is too large"),
    (f"{NODE}/policy", {"timeout_s": float("inf")}, "policy.timeout_s: the number is too large"),
    (f"{NODE}/policy", {"on_failure": "retry"}, "policy.on_failure: 'retry' is not known here"),
    (f"{NODE}/policy", {"input_mode": [["x", "file"]]}, "policy.input_mode[0]: 'file' is not known here"),
    (
        f"{NODE}/policy",
        {"cache": {"enabled": 1}},
        "policy.cache.enabled: expected true or false, found a number",
    ),
    (
        f"{NODE}/policy",
        {"retry": {"attempts": 1.5}},
        "retry.attempts: expected a whole number, found a number",
    ),
    ("max_parallel", 2**60, "max_parallel: the number is too large"),
    (
        "on_exit",
        {"kind": "map", "id": "m", "over": [], "items": [], "body": {"result": {"in": "x"}}},
        "only a task",
    ),
    ("schedule", {}, "schedule: the key 'cron' is missing"),
    ("params/0/required", "yes", "params[0].required: expected true or false, found a text"),
]


@pytest.mark.parametrize(
    ("path", "value", "expected"), WRONG, ids=[f"{path}={value!r:.20}" for path, value, _ in WRONG]
)
def test_a_wrong_document_is_refused_with_its_place(path: str, value: object, expected: str) -> None:
    """Each mistake is named with the place in the document."""
    with pytest.raises(DefinitionError) as caught:
        from_json(changed(path, value))

    assert expected in str(caught.value)


def test_an_unknown_key_names_the_nearest() -> None:
    """A misspelt key comes with the key that was probably meant."""
    with pytest.raises(DefinitionError) as caught:
        from_json(changed(f"{NODE}/polcy", {}))

    assert "did you mean 'policy'" in caught.value.hint


def test_a_newer_version_says_what_to_do() -> None:
    """A document of a later release is refused before anything else in it is looked at."""
    with pytest.raises(DefinitionError) as caught:
        from_json({"ir_version": 99, "everything": "else"})

    assert "use the axl release that wrote it" in caught.value.hint


GARBAGE: list[tuple[bytes, str]] = [
    (b"", "line 1 column 1"),
    (b"null", "expected an object, found null"),
    (b"[]", "expected an object, found a list"),
    (b"{", "line 1 column 2"),
    (b"\xff\xfe", "byte 0 is not UTF-8"),
    (b"\xef\xbb\xbf{}", "BOM"),
    (b'{"name":"a","name":"b"}', "the key 'name' is given twice"),
    (b'{"a":NaN}', "NaN is not a JSON number"),
    (b'{"a":-Infinity}', "-Infinity is not a JSON number"),
    (b'{"a":' + b"9" * 5000 + b"}", "digits"),
    (b"[" * 100_000, "nested too deeply"),
    (b'{"a":' * 50_000, "nested too deeply"),
    (b'{"a":"\\ud800"}', "a text holds a lone surrogate"),
    (b'{"\\udfff":1}', "a text holds a lone surrogate"),
    (b'{"a":1} x', "line 1 column 9"),
]


@pytest.mark.parametrize(
    ("data", "expected"), GARBAGE, ids=[data[:16].decode("latin-1") for data, _ in GARBAGE]
)
def test_garbage_is_refused(data: bytes, expected: str) -> None:
    """Bytes that are no JSON document, or a doubtful one, are refused with the reason."""
    with pytest.raises(DefinitionError) as caught:
        decode(data)

    assert expected in str(caught.value)


def test_a_pair_of_surrogates_is_a_character() -> None:
    """An escaped character outside the basic plane is read as that character."""
    data = encode(SMALL).replace(b'"name":"flow"', b'"name":"\\ud83d\\ude00"')

    assert "\U0001f600" == decode(data).name


@given(st.binary(max_size=60))
def test_random_bytes_are_refused(data: bytes) -> None:
    """No random bytes make a workflow or an error that is not ours."""
    with pytest.raises(DefinitionError):
        decode(data)


def test_python_objects_are_refused() -> None:
    """A form built in Python with something that is not JSON is refused like a document."""
    document: Any = {**DOCUMENT, "name": ("a", "tuple")}

    with pytest.raises(DefinitionError, match="name: expected a text, found a Python tuple"):
        from_json(document)
