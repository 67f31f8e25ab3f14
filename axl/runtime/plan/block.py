"""A block prepared for running: who waits for whom, by place instead of by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from axl.errors import InternalError
from axl.ir.nodes import RESULT, Atom, Block, Const, In, Node, Out, Pack, Task
from axl.ir.walk import dependencies
from axl.wire.address import Index
from axl.wire.failed import Failed
from axl.wire.values import Lit, Many, Value

Ports = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Plan:
    """The order of a block's nodes: how many each waits for, and which wait for it."""

    block: Block
    places: dict[str, int]
    waits: tuple[int, ...]
    followers: tuple[tuple[int, ...], ...]


def plan_block(block: Block) -> Plan:
    """Return the plan of a block whose nodes are in order."""
    places = {node.id: place for place, node in enumerate(block.nodes)}
    followers: list[list[int]] = [[] for _ in block.nodes]
    waits = [0] * len(block.nodes)
    for place, node in enumerate(block.nodes):
        for name in dependencies(node):
            followers[places[name]].append(place)
            waits[place] += 1
    return Plan(block, places, tuple(waits), tuple(tuple(each) for each in followers))


@dataclass(slots=True, eq=False)
class Scope:
    """One instance of a block while it runs.

    `done` receives the block's result, `failed` is told when a node failed and nothing more can
    be done here; exactly one of them is called, once. `batch` is how many instances of a map's
    body one worker takes at a time. `waits` turns negative for nodes that will never run.
    """

    plan: Plan
    index: Index
    workflow: str
    env: dict[str, Value]
    done: Callable[[Value], None]
    failed: Callable[[], None]
    batch: int = 1
    waits: list[int] = field(init=False)
    results: dict[str, Ports] = field(default_factory=dict)
    left: int = field(init=False)
    broken: bool = False

    def __post_init__(self) -> None:
        self.waits = list(self.plan.waits)
        self.left = len(self.waits)

    def resolve(self, atom: Atom) -> Value:
        """Return the value of an atom of this block; every node it needs has its result."""
        match atom:
            case Const():
                return Lit(atom.json)
            case In():
                return self.env[atom.name]
            case Out():
                return self._output(atom)
            case Pack():
                return Many(atom.shape, tuple(self.resolve(item) for item in atom.items), atom.keys)

    def _output(self, atom: Out) -> Value:
        ports = self.results[atom.node]
        if atom.port in ports:
            return ports[atom.port]
        whole = ports.get(RESULT)
        if isinstance(whole, Failed):
            return whole
        if atom.port != RESULT:
            raise InternalError(f"{atom.node} has no output {atom.port}")
        node = self.plan.block.nodes[self.plan.places[atom.node]]
        if not isinstance(node, Task):
            raise InternalError(f"{atom.node} has no result")
        names = tuple(out.name for out in node.outputs)
        return Many("outputs", tuple(ports[name] for name in names), names, f"{self.workflow}/{node.step}")


class Instance:
    """A node of a scope: what the engine runs, completes or gives up.

    Of a task that is ready, `arguments` are its values, `inputs` the names of their content, and `key`
    is where the cache has its result, empty where it has none. `missed` says why a result that was there
    is not used.
    """

    __slots__ = ("arguments", "index", "inputs", "key", "missed", "node", "place", "scope")

    def __init__(self, scope: Scope, place: int) -> None:
        self.arguments: tuple[tuple[str, Value], ...] | None = None
        self.inputs: tuple[tuple[str, str], ...] = ()
        self.key = ""
        self.missed = ""
        self.scope = scope
        self.place = place
        self.node: Node = scope.plan.block.nodes[place]
        self.index: Index = scope.index
