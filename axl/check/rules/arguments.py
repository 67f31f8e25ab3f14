"""Every call of a step binds its signature: no argument is missing, none is unknown."""

from __future__ import annotations

from collections.abc import Iterator

from axl.check.wording import lines, nearest
from axl.errors import Problem
from axl.ir.hints import Hints, StepHints
from axl.ir.nodes import PARAMS, IRWorkflow, Task
from axl.ir.walk import tasks

RULE = "arguments"


def check(program: IRWorkflow, hints: Hints | None) -> Iterator[Problem]:
    """Yield a problem for every step, argument or graph parameter that does not exist or is missing."""
    if hints is None:
        return
    names: dict[str, list[str]] = {}
    for source, name in hints.steps:
        names.setdefault(source, []).append(name)
    for source, task in tasks(program):
        step = hints.steps.get((source, task.step))
        if step is not None:
            yield from _bind(task, step)
        elif source in names:
            yield Problem(
                rule=RULE,
                what=f"`{task.id}` calls the step `{task.step}`, which {source} does not have",
                where=lines(task.loc, program.loc),
                hint=nearest(task.step, names[source]),
            )


def _bind(task: Task, step: StepHints) -> Iterator[Problem]:
    if task.step == PARAMS and [name for name, _ in task.args] == ["overrides"]:
        return
    given = {name for name, _ in task.args}
    if given == set(step.takes):
        return
    where = lines(task.loc, step.loc)
    for name, _ in task.args:
        if name not in step.takes:
            what = f"step `{task.step}` does not take `{name}`"
            yield Problem(rule=RULE, what=what, where=where, hint=nearest(name, step.takes))
    for name in step.takes:
        if name in step.required and name not in given:
            what = f"step `{task.step}` is called without `{name}`"
            yield Problem(rule=RULE, what=what, where=where, hint=f"pass {name}=…, or give it a default")
