"""The rules about author mistakes: each finds its mistake, names the lines and the fix, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from axl.check import RULES, check
from axl.check.rules import arguments, handlers, names, options, unused
from axl.errors import Loc, Problem
from axl.ir.hints import Hints, StepHints
from axl.ir.nodes import Const, In, IRWorkflow, Out, Pack, Schedule
from axl.ir.policy import CachePolicy, Policy, Resources, RetryPolicy, Secret
from tests.unit.ir.small import HERE, SOURCE, THERE, block, branch, each, flow, group, param, task

DEFINED = Loc("flow.py", 1)
LOAD = StepHints(
    takes={"month": int, "path": str}, required=frozenset({"month"}), gives={"result": list}, loc=DEFINED
)
HINTS = Hints(steps={(SOURCE, "load"): LOAD, (SOURCE, "join"): StepHints()})


def whats(problems: Iterable[Problem]) -> list[str]:
    return [problem.what for problem in problems]


def with_policy(policy: Policy) -> IRWorkflow:
    return flow(task("a", policy=policy, loc=HERE))


# names


@pytest.mark.parametrize("name", ["Flow", "my_flow", "a--b", "-a", "1a", "a b", "", "a\n"])
def test_a_workflow_has_a_name_in_kebab_case(name: str) -> None:
    """Names that a Kubernetes object could not have are refused."""
    [problem] = names.check(flow(task("a"), name=name))

    assert f"the workflow's name {name!r} is not valid on every target" == problem.what
    assert (THERE,) == problem.where


def test_a_workflow_has_a_short_name() -> None:
    """52 characters pass, 53 do not: a cron workflow adds eleven of its own."""
    assert [] == list(names.check(flow(name="a" * 52)))
    assert ["has 53 characters, the limit is 52"] == [
        what[-34:] for what in whats(names.check(flow(name="a" * 53)))
    ]


@pytest.mark.parametrize("name", ["config", "context", "input", "output", "type", "meta", "class", "lambda"])
def test_a_step_has_no_reserved_name(name: str) -> None:
    """What Dagster or Python reserves is named once for each step, with another name to take."""
    program = flow(task("a", step=name, loc=HERE), task("b", step=name))

    [problem] = names.check(program)

    assert f"no step can be named `{name}`: Dagster reserves it" == problem.what
    assert f"`{name}_step`" in problem.hint


@pytest.mark.parametrize("name", ["load", "Load_All", "_private", "größe", "inputs", "match"])
def test_other_names_of_steps_pass(name: str) -> None:
    """Any method name that nothing reserves will do."""
    assert [] == list(names.check(flow(task("a", step=name))))


def test_a_step_has_a_name_of_63_characters_at_most() -> None:
    """A longer one is refused, and so is one that is no name."""
    assert 1 == len(list(names.check(flow(task("a", step="x" * 64)))))
    assert ["the step 'a b' has a name that Python does not take"] == whats(
        names.check(flow(task("a", step="a b")))
    )


def test_parameters_differ_by_more_than_case() -> None:
    """Two parameters that some target could not tell apart are named together."""
    program = replace(flow(), params=(param("Month"), param("month", loc=HERE)))

    [problem] = names.check(program)

    assert "the parameters `Month` and `month` differ in case only" == problem.what
    assert (HERE,) == problem.where


@pytest.mark.parametrize("name", ["a-b", "1a", "class", "", "x" * 64])
def test_a_parameter_is_a_name(name: str) -> None:
    """A parameter is an argument of graph, of bounded length."""
    assert 1 == len(list(names.check(replace(flow(), params=(param(name),)))))


# options

BAD_POLICIES: dict[str, tuple[Policy, str]] = {
    "cpu": (Policy(resources=Resources(cpu_milli=0)), "cpu is 0"),
    "memory": (Policy(resources=Resources(memory_bytes=-1)), "memory is -1"),
    "disk": (Policy(resources=Resources(disk_bytes=0)), "disk is 0"),
    "gpu": (Policy(resources=Resources(gpu=-1)), "gpu is -1"),
    "attempts": (Policy(retry=RetryPolicy(attempts=0)), "the number of attempts is 0"),
    "delay": (Policy(retry=RetryPolicy(delay_s=-1.0)), "the delay of its retries is -1.0"),
    "max_delay": (Policy(retry=RetryPolicy(max_delay_s=float("inf"))), "the max_delay of its retries is inf"),
    "factor": (Policy(retry=RetryPolicy(factor=0.5)), "the factor of its retries is 0.5"),
    "factor nan": (Policy(retry=RetryPolicy(factor=float("nan"))), "the factor of its retries is nan"),
    "jitter": (Policy(retry=RetryPolicy(jitter=1.5)), "the jitter of its retries is 1.5"),
    "on": (Policy(retry=RetryPolicy(on=("OSError",))), "its retries are on 'OSError'"),
    "timeout": (Policy(timeout_s=0.0), "timeout is 0.0"),
    "timeout nan": (Policy(timeout_s=float("nan")), "timeout is nan"),
    "ttl": (Policy(cache=CachePolicy(ttl_s=-1.0)), "cache ttl is -1.0"),
    "env name": (Policy(env=(("A B", "1"),)), "the environment variable 'A B' is not a name"),
    "env empty": (Policy(env=(("", "1"),)), "the environment variable '' is not a name"),
    "env null": (Policy(env=(("A", "\0"),)), "the environment variable `A` holds a null character"),
    "env and secret": (
        Policy(env=(("A", "1"),), secrets=(Secret(env="A", name="s"),)),
        "the environment variable `A` is set twice",
    ),
    "secret name": (Policy(secrets=(Secret(env="A", name=""),)), "the secret for `A` has no name"),
    "package": (Policy(packages=("numpy", " ")), "a package has an empty name"),
    "no default": (Policy(on_failure="default"), 'on_failure="default" has no default'),
    "default without on_failure": (Policy(default_json="1"), 'a default is given with on_failure="fail"'),
    "default that is no JSON": (
        Policy(on_failure="default", default_json="x"),
        "on_failure has a literal that is not JSON: x",
    ),
    "platform": (Policy(platform=(("argos", "{}"),)), "platform names `argos`, which is no target"),
    "platform options": (
        Policy(platform=(("argo", "[]"),)),
        "platform options for `argo` are not a JSON object",
    ),
}


@pytest.mark.parametrize(("policy", "expected"), BAD_POLICIES.values(), ids=BAD_POLICIES)
def test_an_option_is_in_range(policy: Policy, expected: str) -> None:
    """An option out of range names the step, its line, and what may be written."""
    [problem] = options.check(with_policy(policy))

    assert f"step `a`: {expected}" == problem.what
    assert (HERE,) == problem.where
    assert problem.hint


def test_the_nearest_target_is_named() -> None:
    """A misspelt target comes with the right one."""
    [problem] = options.check(with_policy(Policy(platform=(("argos", "{}"),))))

    assert problem.hint.startswith("did you mean `argo`?")


def test_a_step_called_often_is_named_once() -> None:
    """One wrong option of a step is one problem, however often the step is called."""
    policy = Policy(timeout_s=0.0)
    program = flow(task("a", policy=policy), task("a_2", "a", policy=policy), task("b", policy=policy))

    assert ["step `a`: timeout is 0.0", "step `b`: timeout is 0.0"] == whats(options.check(program))


def test_defaults_of_the_class_and_the_exit_task_are_checked() -> None:
    """Policies that no node of the body has are looked at too."""
    bad = Policy(timeout_s=-1.0)
    program = flow(defaults=bad, on_exit=task("bye", policy=bad), max_parallel=0)

    expected = ["the workflow's default: timeout is -1.0", "max_parallel is 0", "step `bye`: timeout is -1.0"]
    assert expected == whats(options.check(program))


@pytest.mark.parametrize("name", ["concurrency", "batch", "max_items"])
def test_the_numbers_of_a_map_are_one_or_more(name: str) -> None:
    """Zero at once, zero a task or zero in all is a mistake; one is not."""
    node = each("m", Const("[]"), block(inputs=("x",)))
    none = replace(node, **{name: 0})  # type: ignore[arg-type]  # the parameter names a number
    one = replace(node, **{name: 1})  # type: ignore[arg-type]  # as above

    assert [f"`m`: {name} is 0"] == whats(options.check(flow(none)))
    assert [] == list(options.check(flow(one)))


def test_input_mode_names_an_argument() -> None:
    """A name that the step does not take is found, unless the class gives the mode to all steps."""
    mode = Policy(input_mode=(("paht", "path"),))
    program = flow(task("load", policy=mode, loc=HERE))

    [problem] = options.check(program, HINTS)

    assert "step `load`: input_mode names `paht`, which the step does not take" == problem.what
    assert problem.hint.startswith("did you mean `path`?")
    assert (HERE, DEFINED) == problem.where
    assert [] == list(options.check(replace(program, defaults=mode), HINTS))


@pytest.mark.parametrize(
    ("cron", "zone", "expected"),
    [
        ("@daily", "UTC", "the schedule '@daily' has 1 fields, not five"),
        ("61 * * * *", "UTC", "has a minute that is not from 0 to 59"),
        ("0 3 * * *", "Mars/Base", "the time zone 'Mars/Base' is not known"),
        ("0 3 * * *", "../etc", "the time zone '../etc' is not known"),
        ("0 3 * * *", "", "the time zone '' is not known"),
    ],
)
def test_a_schedule_is_a_cron_line_and_a_time_zone(cron: str, zone: str, expected: str) -> None:
    """A line that some target would read otherwise, and an unknown zone, are refused."""
    [problem] = options.check(flow(schedule=Schedule(cron=cron, timezone=zone)))

    assert expected in problem.what
    assert (THERE,) == problem.where


def test_a_scheduled_workflow_needs_no_values() -> None:
    """A parameter without a default cannot be asked for at night."""
    program = replace(
        flow(schedule=Schedule(cron="0 3 * * *")), params=(param("n", loc=HERE), param("k", default="1"))
    )

    [problem] = options.check(program)

    assert "the workflow has a schedule, but its parameter `n` has no default" == problem.what
    assert (THERE, HERE) == problem.where


# handlers


@pytest.mark.parametrize("name", ["pickle", "json+gzip", "parquet+zstd"])
def test_known_handlers_pass(name: str) -> None:
    """Handlers and compressions that exist are not looked at further."""
    assert [] == list(handlers.check(flow(task("a", handler=name))))


def test_an_unknown_handler_names_the_nearest() -> None:
    """A misspelt handler is named once for each step, with the right name."""
    program = flow(task("a", handler="parket", loc=HERE), task("a_2", "a", handler="parket"))

    [problem] = handlers.check(program)

    assert problem.what.startswith("the output `result` of step `a`: ")
    assert "parquet" in problem.hint
    assert (HERE,) == problem.where


def test_an_unknown_compression_is_found() -> None:
    """What stands behind the plus sign is looked up too."""
    [problem] = handlers.check(flow(task("a", handler="pickle+zip")))

    assert "zip" in problem.what


# arguments


def test_calls_that_bind_pass() -> None:
    """Arguments with defaults may be left out; steps of classes without hints are not judged."""
    program = flow(
        task("load", month=Const("1")),
        task("load_2", "load", month=Const("1"), path=Const('"x"')),
        group("g", block(task("anything", x=Const("1")))),
    )

    assert [] == list(arguments.check(program, HINTS))


def test_an_unknown_argument_names_the_nearest() -> None:
    """A misspelt argument is one problem, the missing one another; both lines are named."""
    unknown, missing = arguments.check(flow(task("load", mnth=Const("1"), loc=HERE)), HINTS)

    assert "step `load` does not take `mnth`" == unknown.what
    assert "did you mean `month`? known: month, path" == unknown.hint
    assert "step `load` is called without `month`" == missing.what
    assert (HERE, DEFINED) == unknown.where == missing.where


def test_an_unknown_step_names_the_nearest() -> None:
    """A call of a step that the class does not have is found."""
    [problem] = arguments.check(flow(task("laod")), HINTS)

    assert f"`laod` calls the step `laod`, which {SOURCE} does not have" == problem.what
    assert problem.hint.startswith("did you mean `load`?")


def test_overrides_of_the_params_step_are_no_argument() -> None:
    """The step that makes the parameters takes nothing, though the engine passes overrides."""
    hints = Hints(steps={(SOURCE, "params"): StepHints()})
    program = flow(task("params", overrides=In("params")), params=("params",))

    assert [] == list(arguments.check(program, hints))


# unused


def test_what_is_read_returned_or_waited_for_is_used() -> None:
    """A result counts as used by an operand, a result of its block, or an `after`."""
    program = flow(
        task("a"),
        task("b", x=Pack("list", (Out("a"),))),
        task("c"),
        task("d", after=("c",), x=In("n")),
        result=Pack("tuple", (Out("b"), Out("d"))),
        params=("n",),
    )

    assert [] == list(unused.check(program))


def test_an_unused_result_is_a_warning() -> None:
    """Plain Python allows it, so nothing stops; the line and the step's definition are named."""
    [problem] = unused.check(flow(task("load", loc=HERE), task("b")), HINTS)

    assert "the result of `load` is never used" == problem.what
    assert "warning" == problem.severity
    assert (HERE, DEFINED) == problem.where


@pytest.mark.parametrize("kind", ["None", ""])
def test_effects_need_no_reader(kind: str) -> None:
    """A step that returns nothing, or says nothing, runs for its effect."""
    assert [] == list(unused.check(flow(task("load", type=kind), task("b"))))


def test_maps_branches_and_groups_are_judged_by_what_they_give() -> None:
    """What holds a used-up value inside and gives it to nobody is named; effects are not."""
    effect = block(task("e", type="None", x=In("x")), inputs=("x",))
    work = block(task("w", x=In("x")), inputs=("x",))
    program = flow(
        each("m1", Const("[1]"), effect),
        each("m2", Const("[1]"), work),
        branch("b1", In("n"), block(task("e2", type="None")), block()),
        branch("b2", In("n"), block(), block(task("w2"))),
        group("g1", block(branch("b3", Const("true"), block(task("w3")), block()))),
        group("g2", block()),
        result=Const("null"),
        params=("n",),
    )

    found = {what.split("`")[1] for what in whats(unused.check(program))}

    assert {"m2", "b2", "g1"} == found


def test_unused_results_inside_blocks_are_found() -> None:
    """The body of a map is searched like the root."""
    body = block(task("lost"), task("b", x=In("x")), inputs=("x",))

    assert ["the result of `lost` is never used"] == whats(unused.check(flow(each("m", Const("[1]"), body))))


def test_an_unused_parameter_is_a_warning() -> None:
    """A parameter that no node reads is named with its line."""
    program = replace(
        flow(task("a", x=In("n")), params=("n", "k")), params=(param("n"), param("k", loc=HERE))
    )

    [problem] = unused.check(program)

    assert ("the parameter `k` is never used", (HERE,), "warning") == (
        problem.what,
        problem.where,
        problem.severity,
    )


# all together


def test_problems_come_in_order_of_lines() -> None:
    """Errors and warnings of all rules are sorted by file and line."""
    late, early = Loc("flow.py", 90), Loc("flow.py", 9)
    program = flow(
        task("a", step="config", loc=late),
        task("b", policy=Policy(timeout_s=0.0), loc=early),
        result=Const("1 "),
    )

    found = [(problem.where[0].line, problem.rule) for problem in check(program)]

    assert [(3, "literals"), (9, "options"), (9, "unused"), (90, "names"), (90, "unused")] == found


def test_every_rule_is_listed() -> None:
    """The literal tuple holds each rule once."""
    assert 9 == len(RULES) == len(set(RULES))


def test_a_problem_reads_well() -> None:
    """Printed, it is the first line, the message, the other lines, and the hint."""
    [problem] = arguments.check(flow(task("load", month=Const("1"), day=Const("1"), loc=HERE)), HINTS)

    assert isinstance(problem, Problem)
    assert "flow.py:7: step `load` does not take `day`\n  see flow.py:1\n\nhint: known: month, path" == str(
        problem
    )
