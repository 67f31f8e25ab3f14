"""What a workflow is: equations in order, their operands atoms, loops and branches closed blocks.

    Atom   = Const | In | Out | Pack
    Node   = Task | Map | Branch | Group

There is no list of edges: `walk.operands` computes what a node needs. Every id is bound once in
the whole workflow. A node refers only to inputs of its own block and to earlier nodes of it; what
an inner block needs from outside comes in as a capture. `Loc` takes no part in equality or hashing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from axl.errors import Loc
from axl.ir.policy import Policy

IR_VERSION = 1
RESULT = "result"
PARAMS = "params"


@dataclass(frozen=True, slots=True)
class Const:
    """A value known while tracing, as canonical JSON text."""

    json: str


@dataclass(frozen=True, slots=True)
class In:
    """An input of the enclosing block."""

    name: str


@dataclass(frozen=True, slots=True)
class Out:
    """An output of an earlier node of the same block; the port `result` is the whole value."""

    node: str
    port: str = RESULT


@dataclass(frozen=True, slots=True)
class Pack:
    """A list, tuple or dict that the author built around other atoms; `keys` only for a dict."""

    shape: Literal["list", "tuple", "dict"]
    items: tuple[Atom, ...]
    keys: tuple[str, ...] = ()


Atom = Const | In | Out | Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One artifact of a task: its name, the type as text, and the handler that stores it.

    `handler` may carry a compression, as in `pickle+zstd`; `ext` is the file extension.
    """

    name: str
    type: str
    handler: str
    ext: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One call of a step."""

    id: str
    step: str
    args: tuple[tuple[str, Atom], ...] = ()
    outputs: tuple[Output, ...]
    policy: Policy = Policy()
    after: tuple[str, ...] = ()
    loc: Loc | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A body run once per item; the lists in `over` are zipped and bound to `items`.

    `concurrency` bounds the items that run at once, `batch` says how many one task takes,
    `max_items` is a promise that targets use to choose a construct.
    """

    id: str
    over: tuple[Atom, ...]
    items: tuple[str, ...]
    captures: tuple[tuple[str, Atom], ...] = ()
    body: Block
    concurrency: int | None = None
    batch: int | None = None
    max_items: int | None = None
    after: tuple[str, ...] = ()
    loc: Loc | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One of two blocks, by a boolean that a step made; both see the same captures."""

    id: str
    test: Atom
    captures: tuple[tuple[str, Atom], ...] = ()
    then: Block
    otherwise: Block
    after: tuple[str, ...] = ()
    loc: Loc | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Another workflow, called in place; `workflow` is its `module:Class`."""

    id: str
    workflow: str
    captures: tuple[tuple[str, Atom], ...] = ()
    body: Block
    after: tuple[str, ...] = ()
    loc: Loc | None = field(default=None, compare=False)


Node = Task | Map | Branch | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A closed sequence of nodes: named inputs, equations in order, one result."""

    inputs: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()
    result: Atom


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A value that a run takes.

    `step` is empty for an argument of `graph`; for a field of the model that the `params` step
    returns it is `params`, and a value given for it overrides that field. The default of a field is
    what the model says, for people to read: the step may return another value, so where nothing is
    given nothing is passed. `schema` is the JSON schema of the type as canonical JSON text.
    """

    name: str
    type: str
    schema: str
    default: Const | None = None
    required: bool = False
    doc: str = ""
    step: str = ""
    loc: Loc | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When the workflow runs by itself: a five-field cron line and a time zone name."""

    cron: str
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IRWorkflow:
    """A whole workflow, ready to be checked, run or compiled.

    `source` is `module:Class`. The inputs of `body` are the arguments of `graph` and, where there
    is a `params` step, one input named `params` that holds the overrides as a JSON object.
    `on_exit` sees the inputs `status`, `error` and `run_id`. `defaults` is the policy that the
    class gave its steps; every task's own policy is already resolved against it. Printed, and in a
    notebook, it is shown as `axl.ir.show` writes it: one equation a line.
    """

    ir_version: int = IR_VERSION
    name: str
    source: str
    doc: str = ""
    params: tuple[Param, ...] = ()
    body: Block
    on_exit: Task | None = None
    schedule: Schedule | None = None
    max_parallel: int | None = None
    defaults: Policy = Policy()
    loc: Loc | None = field(default=None, compare=False)

    def compute_hash(self) -> str:
        """The identity of the workflow: blake3 of its canonical JSON, locations left out."""
        from axl.ir.digest import workflow_hash  # noqa: PLC0415 (keeps blake3 out of `import axl`)

        return workflow_hash(self)

    def __repr__(self) -> str:
        from axl.ir.show import show  # noqa: PLC0415 (show imports this module)

        return show(self)
