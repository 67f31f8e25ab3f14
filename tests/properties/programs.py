"""Random workflows, legal by construction: maps, branches, groups and packs in each other, captures of any depth."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import Any, Literal

from hypothesis import strategies as st

from axl.errors import Loc
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
    Output,
    Pack,
    Param,
    Schedule,
    Task,
)
from axl.ir.policy import CachePolicy, Policy, Resources, RetryPolicy, Secret

STEPS = ("load", "join", "a", "x1", "train_all", "très", "Publish")
HANDLERS = (("pickle", "pkl"), ("json", "json"), ("pickle+gzip", "pkl.gz"), ("parquet", "parquet"))
TYPES = ("", "int", "None", "list[dict[str, int]]", "pandas.DataFrame")
DEEPEST = 3

texts = st.text(st.characters(codec="utf-8"), max_size=12)
names = st.from_regex(r"[a-z][a-z0-9]{0,4}(_[a-z0-9]{1,3}){0,2}", fullmatch=True).filter(
    lambda name: name != PARAMS and not iskeyword(name)
)
locs = st.none() | st.builds(Loc, st.sampled_from(("flow.py", "/a b/c:d.py", "ü.py")), st.integers(1, 99_999))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def canonical(value: object) -> str:
    """Return the one spelling of a literal."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


consts = json_values.map(canonical).map(Const)
list_consts = st.lists(json_values, min_size=2, max_size=2).map(canonical).map(Const)
counts = st.none() | st.integers(1, 10_000)
seconds = st.floats(0.001, 1e6)

resources = st.builds(
    Resources, cpu_milli=counts, memory_bytes=counts, gpu=st.integers(0, 8), disk_bytes=counts
)
retries = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 9),
    delay_s=st.floats(0, 100),
    factor=st.floats(1, 4),
    max_delay_s=st.floats(0, 1e4),
    jitter=st.floats(0, 1),
    on=st.lists(st.sampled_from(("builtins:OSError", "a.b:C")), max_size=2).map(tuple),
)
caches = st.builds(CachePolicy, enabled=st.booleans(), version=texts, ttl_s=st.none() | seconds)
some_policies = st.builds(
    Policy,
    resources=resources,
    retry=retries,
    timeout_s=st.none() | seconds,
    env=st.sampled_from(((), (("A", "1"), ("B_2", "\n ü")))),
    secrets=st.sampled_from(((), (Secret(env="TOKEN", name="db", key="k"),))),
    image=st.sampled_from(("", "registry.example/x:1")),
    packages=st.sampled_from(((), ("numpy>=1", "pandas"))),
    input_mode=st.sampled_from(((), (("x", "path"),))),
    cache=caches,
    on_failure=st.sampled_from(("fail", "continue")),
    platform=st.sampled_from(((), (("argo", '{"a":1}'),))),
)
default_policies = st.builds(
    Policy, on_failure=st.just("default"), default_json=json_values.map(canonical).filter(bool)
)
policies = some_policies | default_policies
"""Any policy in range; the tasks of a program draw from a few, so that there is time for its shape."""

FEW = (
    Policy(),
    Policy(retry=RetryPolicy(attempts=3, on=("builtins:OSError",)), timeout_s=600.0),
    Policy(resources=Resources(cpu_milli=500, memory_bytes=2**31, gpu=1), env=(("A", "\n ü"),)),
    Policy(on_failure="default", default_json="[1.0,null]", cache=CachePolicy(enabled=False)),
    Policy(
        input_mode=(("x", "path"),), secrets=(Secret(env="TOKEN", name="db"),), platform=(("argo", "{}"),)
    ),
)


@dataclass
class _Maker:
    """Draws one program: `ids` holds every id given out."""

    draw: Any
    ids: set[str] = field(default_factory=set)

    def new_id(self, wanted: str) -> str:
        base = "".join(char for char in wanted.lower() if char.isascii() and (char.isalnum() or char == "_"))
        name, number = base, 1
        while name in self.ids:
            number += 1
            name = f"{base}_{number}"
        self.ids.add(name)
        return name

    def block(self, inputs: tuple[str, ...], depth: int) -> Block:
        known: list[Atom] = [In(name) for name in inputs]
        nodes: list[Node] = []
        for _ in range(self.draw(st.integers(1, 5) if depth < 2 else st.integers(0, 2))):
            node = self.node(known, nodes, depth)
            nodes.append(node)
            known.append(Out(node.id))
            if isinstance(node, Task) and len(node.outputs) > 1:
                known.extend(Out(node.id, output.name) for output in node.outputs)
        return Block(inputs=inputs, nodes=tuple(nodes), result=self.atom(known))

    def node(self, known: list[Atom], nodes: list[Node], depth: int) -> Node:
        kinds = ("task", "task", "map", "branch", "group") if depth < DEEPEST else ("task",)
        after = (
            tuple(self.draw(st.lists(st.sampled_from(nodes), unique_by=lambda node: node.id, max_size=2)))
            if nodes
            else ()
        )
        waits = tuple(node.id for node in after)
        match self.draw(st.sampled_from(kinds)):
            case "task":
                return self.task(known, waits)
            case "map":
                return self.map(known, waits, depth)
            case "branch":
                return self.branch(known, waits, depth)
            case _:
                return self.group(known, waits, depth)

    def task(self, known: list[Atom], after: tuple[str, ...]) -> Task:
        step = self.draw(st.sampled_from(STEPS))
        args = tuple((name, self.atom(known)) for name in self.names(3))
        ports = self.draw(st.sampled_from(((RESULT,), (RESULT,), ("model", "score"), ("item_0", "item_1"))))
        outputs = tuple(self.output(port) for port in ports)
        policy, loc = self.draw(st.sampled_from(FEW)), self.draw(locs)
        return Task(
            id=self.new_id(step), step=step, args=args, outputs=outputs, policy=policy, after=after, loc=loc
        )

    def output(self, name: str) -> Output:
        handler, ext = self.draw(st.sampled_from(HANDLERS))
        return Output(name=name, type=self.draw(st.sampled_from(TYPES)), handler=handler, ext=ext)

    def map(self, known: list[Atom], after: tuple[str, ...], depth: int) -> Map:
        node = self.new_id("map")
        inner = self.names(4, least=1)
        split = self.draw(st.integers(1, len(inner)))
        items, captured = inner[:split], inner[split:]
        over = tuple(self.list_atom(known) for _ in items)
        captures = tuple((name, self.variable(known)) for name in captured)
        return Map(
            id=node,
            over=over,
            items=items,
            captures=captures,
            body=self.block((*items, *(name for name, _ in captures)), depth + 1),
            concurrency=self.draw(counts),
            batch=self.draw(counts),
            max_items=self.draw(st.none() | st.integers(2, 100)),
            after=after,
            loc=self.draw(locs),
        )

    def branch(self, known: list[Atom], after: tuple[str, ...], depth: int) -> Branch:
        node, captures = self.new_id("when"), self.captures(known)
        inputs = tuple(name for name, _ in captures)
        return Branch(
            id=node,
            test=self.variable([atom for atom in known if not isinstance(atom, Const)] or [Const("true")]),
            captures=captures,
            then=self.block(inputs, depth + 1),
            otherwise=self.block(inputs, depth + 1),
            after=after,
            loc=self.draw(locs),
        )

    def group(self, known: list[Atom], after: tuple[str, ...], depth: int) -> Group:
        node, captures = self.new_id("other"), self.captures(known)
        body = self.block(tuple(name for name, _ in captures), depth + 1)
        return Group(
            id=node,
            workflow="some.module:Other",
            captures=captures,
            body=body,
            after=after,
            loc=self.draw(locs),
        )

    def captures(self, known: list[Atom]) -> tuple[tuple[str, Atom], ...]:
        return tuple((name, self.variable(known)) for name in self.names(3))

    def names(self, most: int, least: int = 0) -> tuple[str, ...]:
        return tuple(self.draw(st.lists(names, unique=True, min_size=least, max_size=most)))

    def variable(self, known: list[Atom]) -> Atom:
        """Draw any variable in scope, not the innermost one only."""
        return self.draw(st.sampled_from(known[::-1])) if known else self.draw(consts)

    def atom(self, known: list[Atom], depth: int = 0) -> Atom:
        kind = self.draw(st.sampled_from(("variable", "variable", "const", "pack" if depth < 3 else "const")))
        match kind:
            case "variable":
                return self.variable(known)
            case "const":
                return self.draw(consts)
            case _:
                return self.pack(known, depth)

    def pack(self, known: list[Atom], depth: int) -> Pack:
        shape: Literal["list", "tuple", "dict"] = self.draw(st.sampled_from(("list", "tuple", "dict")))
        keys = tuple(self.draw(st.lists(texts, unique=True, max_size=3)))
        items = tuple(self.atom(known, depth + 1) for _ in keys)
        return Pack(shape, items, keys if shape == "dict" else ())

    def list_atom(self, known: list[Atom]) -> Atom:
        written = Pack("list", (self.atom(known, 1), self.atom(known, 1)))
        return self.draw(st.sampled_from((*known[::-1], written)) | list_consts)


@st.composite
def programs(draw: Any) -> IRWorkflow:
    """Draw a legal workflow."""
    maker = _Maker(draw)
    own = tuple(draw(st.lists(names, unique=True, max_size=3)))
    with_step = draw(st.booleans())
    params = [_param(draw, name, "") for name in own]
    if with_step:
        fields = draw(st.lists(names, unique=True, min_size=1, max_size=2))
        params += [_param(draw, f"{name}_field", PARAMS) for name in fields]
        params = list({param.name: param for param in params}.values())
    inputs = (*own, PARAMS) if any(param.step for param in params) else own
    scheduled = not any(param.required for param in params) and draw(st.booleans())
    body = maker.block(inputs, 0)
    return IRWorkflow(
        name=draw(st.sampled_from(("w", "churn-train", "a1-b2"))),
        source="some.module:Flow.<locals>.W",
        doc=draw(texts),
        params=tuple(params),
        body=body,
        on_exit=maker.task([In("status"), In("error"), In("run_id")], ()) if draw(st.booleans()) else None,
        schedule=Schedule(cron="0 3 * * mon-fri", timezone="UTC") if scheduled else None,
        max_parallel=draw(counts),
        defaults=draw(policies | st.just(Policy())),
        loc=draw(locs),
    )


def _param(draw: Any, name: str, step: str) -> Param:
    default = draw(st.none() | consts)
    return Param(
        name=name,
        type=draw(st.sampled_from(TYPES)),
        schema=draw(st.sampled_from(("{}", '{"type":"integer"}'))),
        default=default,
        required=not step and default is None,
        doc=draw(texts),
        step=step,
        loc=draw(locs),
    )
