"""Options are in range: limits, retries and placement of every task, numbers of every map, the schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pkgutil import resolve_name
from typing import cast

from axl.check.cron import cron_fault
from axl.check.ranges import Fault, policy_faults
from axl.check.wording import lines, nearest
from axl.errors import Problem
from axl.ir.hints import Hints
from axl.ir.nodes import IRWorkflow, Map, Task
from axl.ir.policy import Policy
from axl.ir.walk import nodes

RULE = "options"


def check(program: IRWorkflow, hints: Hints | None = None) -> Iterator[Problem]:
    """Yield a problem for every option that is out of range; one for each step that shares it."""
    yield from _workflow(program)
    sound: set[int] = set()
    seen: set[tuple[str, str, str]] = set()
    for visit in nodes(program):
        if isinstance(visit.node, Map):
            yield from _map(visit.node)
        elif isinstance(visit.node, Task) and id(visit.node.policy) not in sound:
            found = [*_task(visit.node), *_modes(visit.node, visit.source, program, hints)]
            if not found and not visit.node.policy.input_mode:
                sound.add(id(visit.node.policy))
            for problem in found:
                key = (visit.source, visit.node.step, problem.what)
                if key not in seen:
                    seen.add(key)
                    yield problem
    if program.on_exit is not None:
        yield from _task(program.on_exit)


def _workflow(program: IRWorkflow) -> Iterator[Problem]:
    where = lines(program.loc)
    for what, hint in policy_faults(program.defaults):
        yield Problem(rule=RULE, what=f"the workflow's default: {what}", where=where, hint=hint)
    if program.max_parallel is not None and program.max_parallel < 1:
        what = f"max_parallel is {program.max_parallel}"
        yield Problem(rule=RULE, what=what, where=where, hint="it is a whole number of one or more")
    schedule = program.schedule
    if schedule is None:
        return
    zone_fault = cast("Callable[[str], Fault | None]", resolve_name("axl.check.zone:zone_fault"))
    for fault in (cron_fault(schedule.cron), zone_fault(schedule.timezone)):
        if fault is not None:
            yield Problem(rule=RULE, what=fault[0], where=where, hint=fault[1])
    for param in program.params:
        if param.required:
            yield Problem(
                rule=RULE,
                what=f"the workflow has a schedule, but its parameter `{param.name}` has no default",
                where=lines(program.loc, param.loc),
                hint="give it a default: nobody is there to pass a value",
            )


def _task(task: Task) -> Iterator[Problem]:
    if task.policy == _PLAIN:
        return
    for what, hint in policy_faults(task.policy):
        yield Problem(rule=RULE, what=f"step `{task.step}`: {what}", where=lines(task.loc), hint=hint)


def _modes(task: Task, source: str, program: IRWorkflow, hints: Hints | None) -> Iterator[Problem]:
    step = hints.steps.get((source, task.step)) if hints else None
    if step is None or not task.policy.input_mode:
        return
    shared = {name for name, _ in program.defaults.input_mode}
    for name, _ in task.policy.input_mode:
        if name not in step.takes and name not in shared:
            yield Problem(
                rule=RULE,
                what=f"step `{task.step}`: input_mode names `{name}`, which the step does not take",
                where=lines(task.loc, step.loc),
                hint=nearest(name, step.takes),
            )


def _map(node: Map) -> Iterator[Problem]:
    for name, value in (
        ("concurrency", node.concurrency),
        ("batch", node.batch),
        ("max_items", node.max_items),
    ):
        if value is not None and value < 1:
            yield Problem(
                rule=RULE,
                what=f"`{node.id}`: {name} is {value}",
                where=lines(node.loc),
                hint="it is a whole number of one or more",
            )


_PLAIN = Policy()
