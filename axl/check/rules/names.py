"""Names that a target could not take: of the workflow, its steps and its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import iskeyword

from axl.check.wording import lines
from axl.errors import Problem
from axl.ir.hints import Hints
from axl.ir.limits import MAX_ID_CHARS, MAX_NAME_CHARS, NAME_PATTERN
from axl.ir.nodes import IRWorkflow, Task
from axl.ir.walk import tasks

RULE = "names"

RESERVED = frozenset(
    "arg_dict bool conf config context dict float input input_arg_dict int meta output output_arg_dict str type".split()
)
"""What Dagster refuses as the name of an op, besides the keywords of Python."""

MAX_PARAMETER_CHARS = 63

_is_name = re.compile(NAME_PATTERN).fullmatch


def check(program: IRWorkflow, _hints: Hints | None = None) -> Iterator[Problem]:
    """Yield a problem for every name that would be refused, or be changed, on the way to a target."""
    yield from _workflow(program)
    yield from _parameters(program)
    seen: set[tuple[str, str]] = set()
    for source, task in tasks(program):
        if (source, task.step) not in seen:
            seen.add((source, task.step))
            yield from _step(task)


def _workflow(program: IRWorkflow) -> Iterator[Problem]:
    name = program.name
    if not _is_name(name):
        yield Problem(
            rule=RULE,
            what=f"the workflow's name {name!r} is not valid on every target",
            where=lines(program.loc),
            hint="use lower-case words and digits, joined by single hyphens, a letter first, as in `churn-train`",
        )
    if len(name) > MAX_NAME_CHARS:
        yield Problem(
            rule=RULE,
            what=f"the workflow's name `{name}` has {len(name)} characters, the limit is {MAX_NAME_CHARS}",
            where=lines(program.loc),
            hint='set a shorter one: name = "…"',
        )


def _parameters(program: IRWorkflow) -> Iterator[Problem]:
    folded: dict[str, str] = {}
    for param in program.params:
        other = folded.setdefault(param.name.casefold(), param.name)
        if other != param.name:
            yield Problem(
                rule=RULE,
                what=f"the parameters `{other}` and `{param.name}` differ in case only",
                where=lines(param.loc),
                hint="rename one of them",
            )
        if not param.name.isidentifier() or iskeyword(param.name):
            yield Problem(
                rule=RULE,
                what=f"the parameter {param.name!r} has a name that Python does not take",
                where=lines(param.loc),
                hint="use letters, digits and _, no digit first",
            )
        if len(param.name) > MAX_PARAMETER_CHARS:
            yield Problem(
                rule=RULE,
                what=f"the parameter `{param.name}` has {len(param.name)} characters, the limit is {MAX_PARAMETER_CHARS}",
                where=lines(param.loc),
                hint="shorten it",
            )


def _step(task: Task) -> Iterator[Problem]:
    name = task.step
    if name in RESERVED or iskeyword(name):
        yield Problem(
            rule=RULE,
            what=f"no step can be named `{name}`: Dagster reserves it",
            where=lines(task.loc),
            hint=f"rename the step, to `{name}_step` for example",
        )
    elif not name.isidentifier():
        yield Problem(
            rule=RULE,
            what=f"the step {name!r} has a name that Python does not take",
            where=lines(task.loc),
            hint="use letters, digits and _, no digit first",
        )
    if len(name) > MAX_ID_CHARS:
        yield Problem(
            rule=RULE,
            what=f"the step `{name}` has {len(name)} characters, the limit is {MAX_ID_CHARS}",
            where=lines(task.loc),
            hint="shorten it",
        )
