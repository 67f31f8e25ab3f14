"""Every default is a value of the type that stands beside it; Python and pydantic do not look."""

from __future__ import annotations

from collections.abc import Iterator

from axl.check.agree import agrees
from axl.check.rules.literals import fault
from axl.check.typeform import literal_hint, shown, value_hint
from axl.check.wording import lines
from axl.errors import Problem
from axl.ir.hints import MISSING, Hint, Hints, StepHints
from axl.ir.nodes import RESULT, IRWorkflow
from axl.ir.walk import tasks

RULE = "defaults"
_UNKNOWN = StepHints()


def check(program: IRWorkflow, hints: Hints | None) -> Iterator[Problem]:
    """Yield a problem for every default of a graph, a step or the model of parameters that does not fit."""
    if hints is None:
        return
    for graph in hints.groups.values():
        yield from _of(graph, "the parameter {} of graph")
    for (_, step), signature in hints.steps.items():
        yield from _of(signature, f"{{}} of step `{step}`")
    yield from _after_failures(program, hints)
    for model in hints.models.values():
        yield from _of(model, "the field {} of what `params` returns")


def _of(signature: StepHints, owner: str) -> Iterator[Problem]:
    for name, value in signature.defaults.items():
        want, have = signature.takes.get(name, MISSING), value_hint(value)
        if agrees(have, want):
            continue
        yield Problem(
            rule=RULE,
            what=f"{owner.format(f'`{name}: {shown(want)}`')} has the default {_default(value, have)}",
            where=lines(signature.loc),
            hint=_advice(name, value, want),
        )


def _after_failures(program: IRWorkflow, hints: Hints) -> Iterator[Problem]:
    """Look at the values that stand in for failed results, once for each step; `None` may always do so."""
    seen: set[tuple[str, str]] = set()
    for source, task in tasks(program):
        text = task.policy.default_json
        if text in ("", "null") or (source, task.step) in seen or fault(text) is not None:
            continue
        seen.add((source, task.step))
        step = hints.steps.get((source, task.step), _UNKNOWN)
        want, have = step.gives.get(RESULT, MISSING), literal_hint(text)
        if not agrees(have, want):
            yield Problem(
                rule=RULE,
                what=f"step `{task.step}` returns {shown(want)}, but its on_failure has the default {shown(have)}",
                where=lines(task.loc, step.loc),
                hint="give it a default of that type, or widen the annotation",
            )


def _default(value: object, have: Hint) -> str:
    return "None" if value is None else shown(have)


def _advice(name: str, value: object, want: Hint) -> str:
    if value is None:
        return f"write `{name}: {shown(want)} | None = None`, or another default"
    return "give it a default of that type, or change the annotation"
