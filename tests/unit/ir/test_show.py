"""The printed form: one equation a line."""

from __future__ import annotations

from dataclasses import replace

from axl.errors import Loc
from axl.ir.nodes import Const, In, Map, Out, Pack, Schedule
from axl.ir.policy import CachePolicy, Policy, Resources, RetryPolicy, Secret
from axl.ir.show import show, show_with_lines
from axl.ir.words import policy_words, size_words, time_words
from tests.unit.ir.small import HERE, block, branch, each, flow, group, param, task

POLICY = Policy(retry=RetryPolicy(attempts=3), timeout_s=600.0, resources=Resources(memory_bytes=2**31))


def test_the_whole_language() -> None:
    """Tasks, maps, branches, groups, packs, orders and options each have their line."""
    body = block(task("size", file=In("x"), scale=Const("10"), root=In("root")), inputs=("x", "root"))
    program = flow(
        task("folders", root=In("root"), policy=POLICY),
        each("size_map", Out("folders"), body, root=In("root")),
        task("total", xs=Out("size_map"), more=Pack("list", (Out("folders"), Const("null")))),
        branch(
            "when", Out("total"), block(task("log", after=())), block(result=Const("false")), t=Out("total")
        ),
        group("other", block(task("sub", x=In("t")), inputs=("t",)), t=Out("total", "part")),
        task("done", after=("when", "other")),
        params=("root",),
        schedule=Schedule(cron="0 3 * * *"),
        max_parallel=4,
        on_exit=task("bye", status=In("status")),
    )

    expected = """\
workflow flow (root: int)
  at 0 3 * * * UTC
  at most 4 at once
  folders = folders(root=%root)  [3 attempts, timeout 10m, 2 GiB]
  size_map = map %x in folders with root=%root
    size = size(file=%x, scale=10, root=%root)
    return size
  total = total(xs=size_map, more=[folders, null])
  when = if total with t=total
    log = log()
    return log
  else
    return false
  other = workflow other:Other with t=total.part
    sub = sub(x=%t)
    return sub
  done = done() after when, other
  return done
  on exit bye = bye(status=%status)"""
    assert expected == show(program)


def test_several_lists_and_the_numbers_of_a_map() -> None:
    """A map over zipped lists names each, and its numbers stand at the end."""
    node = Map(
        id="m",
        over=(In("xs"), Const("[1,2]")),
        items=("x", "y"),
        body=block(inputs=("x", "y")),
        concurrency=8,
        batch=10,
        max_items=99,
    )

    shown = show(flow(node, params=("xs",))).splitlines()

    assert "  m = map %x in %xs, %y in [1,2]  [8 at once, 10 a task, at most 99]" == shown[1]


def test_lines_are_optional() -> None:
    """The author's lines stand at the end of equations when they are asked for."""
    program = flow(task("a", loc=HERE), loc=Loc("flow.py", 3))

    expected = ["workflow flow ()  # flow.py:3", "  a = a()  # flow.py:7", "  return a"]
    assert expected == show_with_lines(program).splitlines()
    assert "#" not in show(program)


def test_long_literals_are_cut_in_the_middle() -> None:
    """A long literal keeps its beginning and end; a long pack says how many there are."""
    long = Const("[" + ",".join(map(str, range(200))) + "]")
    pack = Pack("tuple", tuple(Const("1") for _ in range(30)))

    line = show(flow(task("a", xs=long, p=pack))).splitlines()[1]

    assert "xs=[0,1,2,3,4,5,6,7,8,9,10,11,12,13" in line
    assert "199], p=(1, 1, 1, 1, 1, 1, 1, 1, … 30 in all))" in line
    assert len(line) < 120


def test_what_would_break_a_terminal_is_escaped() -> None:
    """Line breaks, escapes and half characters in names and literals show as their code."""
    program = flow(task("a\n\x1b[31m", x=Const('"\u202e\ud800"')))

    line = show(program).splitlines()[1]

    assert '  a\\n\\x1b[31m = a\\n\\x1b[31m(x="\\u202e\\ud800")' == line


def test_parameters_show_their_defaults() -> None:
    """The head line reads like a signature."""
    program = replace(flow(task("a"), params=("n",)), params=(param("n", default="3"),))

    assert "workflow flow (n: int = 3)" == show(program).splitlines()[0]


def test_every_option_has_its_words() -> None:
    """Whatever differs from the default is named in a few words, secrets by variable only."""
    policy = Policy(
        resources=Resources(cpu_milli=1500, memory_bytes=3 * 2**29, gpu=2, disk_bytes=2**30),
        retry=RetryPolicy(attempts=2, delay_s=90.0, on=("builtins:OSError", "a:B")),
        timeout_s=45.0,
        env=(("MODE", "fast"),),
        secrets=(Secret(env="TOKEN", name="db", key="k"),),
        image="reg/x:1",
        packages=("numpy", "pandas"),
        input_mode=(("frames", "path"),),
        cache=CachePolicy(enabled=False, version="2", ttl_s=86400.0),
        on_failure="default",
        default_json="0",
        platform=(("argo", "{}"),),
    )

    assert (
        "2 attempts every 1.5m on OSError, B",
        "timeout 45s",
        "1.5 cpu",
        "1.5 GiB",
        "2 gpu",
        "1 GiB disk",
        "0 after a failure",
        "no cache",
        "cache 2",
        "cache for 1d",
        "frames as path",
        "env MODE",
        "secrets TOKEN",
        "image reg/x:1",
        "packages numpy, pandas",
        "argo options",
    ) == policy_words(policy)
    assert () == policy_words(Policy())


def test_sizes_and_times_are_read_easily() -> None:
    """The largest unit that fits is taken, without hiding what was set."""
    sizes = [size_words(count) for count in (0, 1023, 1024, 1536, 2**31, 5 * 2**40)]
    times = [time_words(seconds) for seconds in (0.5, 30, 90, 100, 3600, 5400, 86400)]

    assert ["0 B", "1023 B", "1 KiB", "1.5 KiB", "2 GiB", "5 TiB"] == sizes
    assert ["0.5s", "30s", "1.5m", "100s", "1h", "1.5h", "1d"] == times
