"""What a run would compute if it began now, and why; nothing is run and nothing is written."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from axl.dsl.workflow import Workflow
from axl.io.store import Store
from axl.ir.nodes import IRWorkflow, Task
from axl.ir.walk import tasks
from axl.runtime.cache.changes import State
from axl.runtime.cache.earlier import Earlier, Options, options_of
from axl.runtime.cache.results import Cache, Mode, told_parts
from axl.runtime.cache.why import Asked, Why, explain
from axl.runtime.code.program import Code, Codes, code_of
from axl.runtime.engine.ledger import Ledger, ports_of
from axl.runtime.engine.lookup import Lookup
from axl.runtime.engine.loop import WINDOW
from axl.runtime.engine.specs import Specs
from axl.runtime.plan.block import Instance
from axl.runtime.plan.flow import Flow
from axl.wire.values import Value


@dataclass(slots=True, kw_only=True)
class Forecast:
    """What would become of a program's steps.

    `runs` are the instances that would be computed, with the reasons; `found` counts by step those that
    have a result; `later` are the steps that wait for what is not known before something runs.
    """

    runs: list[Why] = field(default_factory=list)
    found: dict[str, int] = field(default_factory=dict)
    later: tuple[str, ...] = ()

    def of(self, step: str) -> Forecast:
        """Return what would become of one step alone, by its id."""
        return Forecast(
            runs=[each for each in self.runs if each.node == step],
            found={name: count for name, count in self.found.items() if name == step},
            later=tuple(name for name in self.later if name == step),
        )


def forecast(
    cls: type[Workflow], program: IRWorkflow, inputs: Mapping[str, Value], store: Store, mode: Mode
) -> Forecast:
    """Return what a run of a program with these inputs would compute, where it uses the cache in a mode."""
    codes = code_of(cls, program)
    out = Forecast()
    before, options = Earlier.than(program.name, time.time(), store), options_of(program)
    ledger = Ledger(store, "", continued=False, codes=codes)
    cache = Cache(store, "", codes, mode, lambda _: None)
    lookup = Lookup(ledger, cache, Specs(program, "", "", store.url).outputs)
    flow = Flow(program, WINDOW)
    flow.start(dict(inputs))
    while flow.ready or lookup.found or flow.splits or flow.mistakes:
        _settle_maps(flow, cache)
        lookup.take([flow.ready.popleft() for _ in range(len(flow.ready))])
        while lookup.missing:
            instance = lookup.missing.popleft()
            asked = _asked(instance, codes, options, cache)
            out.runs.append(explain(asked, before))
            lookup.failed(instance)
            flow.give_up(instance)
        while lookup.found:
            found = lookup.found.popleft()
            name = found.instance.node.id
            out.found[name] = out.found.get(name, 0) + 1
            flow.complete(found.instance, ports_of(found.result, "", found.instance))
    seen = {each.node for each in out.runs} | set(out.found)
    out.later = tuple(task.id for _, task in tasks(program) if task.id not in seen)
    return out


def _settle_maps(flow: Flow, cache: Cache) -> None:
    flow.started_maps.clear()
    while flow.mistakes:
        flow.give_up(flow.mistakes.popleft()[0])
    while flow.splits:
        instance, place, value = flow.splits.popleft()
        (result,) = cache.find([cache.split_key(value)], {})
        if result is None:
            flow.give_up(instance)
        else:
            flow.complete_split(instance, place, result.outputs[0][1])


def _asked(instance: Instance, codes: Codes, options: Mapping[str, Options], cache: Cache) -> Asked:
    task = instance.node
    assert isinstance(task, Task)
    code: Code = codes[f"{instance.scope.workflow}/{task.step}"]
    inputs = dict(instance.inputs)
    return Asked(
        task=task,
        index=instance.index,
        fate="computed",
        state=State(code=code.digest, inputs=inputs, key=instance.key, options=options[task.id]),
        unknown=code.unknown,
        missed=cache.missed(instance.key),
        parts={name: (digest, where) for name, digest, where in told_parts(code)},
    )
