"""The task specs of one run: what a worker is told about an attempt."""

from __future__ import annotations

from axl.ir.nodes import IRWorkflow, Map, Task
from axl.ir.policy import Policy
from axl.ir.walk import split_outputs
from axl.runtime.engine.attempt import Attempt
from axl.wire.spec import OutputSpec, TaskSpec

_PLAIN = Policy()


class Specs:
    """Makes the specs of a program's attempts; `path` is the folder that its module is found in."""

    def __init__(self, program: IRWorkflow, path: str, run: str, store: str) -> None:
        self._path = path
        self._run = run
        self._store = store
        self._splits = split_outputs(program)
        self._outputs: dict[str, tuple[OutputSpec, ...]] = {}

    def of(self, attempt: Attempt) -> TaskSpec:
        """Return the spec of an attempt at a task, or at storing a map's list item by item."""
        node, scope = attempt.instance.node, attempt.instance.scope
        if isinstance(node, Map):
            assert attempt.value is not None
            return TaskSpec(
                run=self._run,
                node=node.id,
                index=scope.index,
                attempt=attempt.number,
                workflow=scope.workflow,
                path=self._path,
                step="",
                op="split",
                inputs=(("items", attempt.value),),
                policy=_PLAIN,
                store=self._store,
            )
        assert isinstance(node, Task)
        arguments = attempt.instance.arguments
        if arguments is None:
            arguments = tuple([(name, scope.resolve(atom)) for name, atom in node.args])
        return TaskSpec(
            run=self._run,
            node=node.id,
            index=scope.index,
            attempt=attempt.number,
            workflow=scope.workflow,
            path=self._path,
            step=node.step,
            inputs=arguments,
            outputs=self.outputs(node),
            policy=node.policy,
            store=self._store,
        )

    def outputs(self, node: Task) -> tuple[OutputSpec, ...]:
        """Return the artifacts of a task."""
        known = self._outputs.get(node.id)
        if known is None:
            known = self._outputs[node.id] = tuple(
                OutputSpec(name=out.name, handler=out.handler, split=(node.id, out.name) in self._splits)
                for out in node.outputs
            )
        return known
