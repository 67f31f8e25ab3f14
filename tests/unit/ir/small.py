"""The shortest way to write the IR by hand, for tests."""

from __future__ import annotations

from axl.errors import Loc
from axl.ir.nodes import (
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
    Param,
    Task,
)
from axl.ir.policy import Policy

SOURCE = "flow:Flow"
HERE = Loc("flow.py", 7)
THERE = Loc("flow.py", 3)


def task(
    name: str,
    step: str = "",
    ports: tuple[str, ...] = ("result",),
    policy: Policy = Policy(),
    after: tuple[str, ...] = (),
    type: str = "int",  # noqa: A002 (the field's name)
    handler: str = "pickle",
    loc: Loc | None = None,
    **args: Atom,
) -> Task:
    """Return a call of a step; other keywords are its arguments."""
    outputs = tuple(Output(name=port, type=type, handler=handler, ext="pkl") for port in ports)
    return Task(
        id=name,
        step=step or name,
        args=tuple(args.items()),
        outputs=outputs,
        policy=policy,
        after=after,
        loc=loc,
    )


def block(*nodes: Node, result: Atom | None = None, inputs: tuple[str, ...] = ()) -> Block:
    """Return a block; its result is its last node unless another one is given."""
    last = Out(nodes[-1].id) if nodes else Const("null")
    return Block(inputs=inputs, nodes=nodes, result=result or last)


def each(
    name: str, over: Atom, body: Block, item: str = "x", loc: Loc | None = None, **captures: Atom
) -> Map:
    """Return a map over one list."""
    return Map(id=name, over=(over,), items=(item,), captures=tuple(captures.items()), body=body, loc=loc)


def branch(
    name: str, test: Atom, then: Block, otherwise: Block, loc: Loc | None = None, **captures: Atom
) -> Branch:
    """Return a branch."""
    return Branch(
        id=name, test=test, captures=tuple(captures.items()), then=then, otherwise=otherwise, loc=loc
    )


def group(name: str, body: Block, loc: Loc | None = None, **captures: Atom) -> Group:
    """Return a call of another workflow."""
    return Group(id=name, workflow="other:Other", captures=tuple(captures.items()), body=body, loc=loc)


def param(name: str, default: str = "", step: str = "", loc: Loc | None = None) -> Param:
    """Return a parameter, required unless it has a default or belongs to a step."""
    return Param(
        name=name,
        type="int",
        schema="{}",
        default=Const(default) if default else None,
        required=not default and not step,
        step=step,
        loc=loc,
    )


def flow(
    *nodes: Node, result: Atom | None = None, params: tuple[str, ...] = (), **settings: object
) -> IRWorkflow:
    """Return a workflow of these nodes."""
    fields: dict[str, object] = {"name": "flow", "source": SOURCE, "loc": THERE} | settings
    return IRWorkflow(
        params=tuple(param(name) for name in params),
        body=block(*nodes, result=result, inputs=params),
        **fields,  # type: ignore[arg-type]  # a test names fields of the workflow
    )


def chain(length: int) -> IRWorkflow:
    """Return a workflow whose every task reads the one before."""
    first = task("s", x=In("n"))
    rest = (
        Task(
            id=f"s_{number}",
            step="s",
            args=(("x", Out(f"s_{number - 1}" if number > 2 else "s")),),
            outputs=first.outputs,
        )
        for number in range(2, length + 1)
    )
    return flow(first, *rest, params=("n",))


def nested(depth: int) -> IRWorkflow:
    """Return a workflow with maps in each other."""
    body = block(inputs=("x",), result=In("x"))
    for level in range(depth, 1, -1):
        body = block(each(f"m_{level}", In("x"), body), inputs=("x",))
    return flow(each("m_1", In("xs"), body), params=("xs",))
