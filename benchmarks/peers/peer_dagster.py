"""Dagster: ops in a job.

`memory` is `execute_in_process()` as it comes, `fs` the same with values in files and an instance in SQLite
(resumable), `multi` is `dagster job execute` with the multiprocess executor, a spawned process for each step.
"""

import json
import os

from case import case, check, clock, home, main, shell, tool, write_module
from work import BURNT, data_want, layers, warm

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
(home("DAGSTER_HOME", "dagster-home") / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")

HEAD = """\
from dagster import job, multiprocess_executor, op, fs_io_manager
from work import burn, data_first, data_second, data_third, layers
import json, os
@op
def first(): return 0
@op
def inc(x): return x + 1
@op
def add(a, b): return a + b
@op
def fail(x):
    if not os.path.exists("ok"): raise RuntimeError("not the first time")
    return x + 1
@op
def total(xs): return sum(xs)
@op
def work(x): return burn()
@op
def gather(xs): return list(xs)
@op
def d2(x): return data_second(x)
@op
def d3(x): return data_third(x)
@op
def put(x): json.dump(x, open({result!r}, "w"))
"""

BODIES = {
    "chain": "    x = first()\n    for i in range({n} - 1): x = inc.alias(f's{{i}}')(x)\n    put(x)\n",
    "again": "    x = first()\n    for i in range({n} - 2): x = inc.alias(f's{{i}}')(x)\n    put(fail(x))\n",
    "fan": "    x = first()\n    put(total([inc.alias(f'b{{i}}')(x) for i in range({n})]))\n",
    "cpu": "    x = first()\n    put(gather([work.alias(f'b{{i}}')(x) for i in range({n})]))\n",
    "data": "    put(d3(d2(d1())))\n",
    "front": "    *body, last = layers({n})\n    made = []\n    for i, needs in enumerate(body):\n"
    "        make = (add if needs else first).alias(f's{{i}}')\n"
    "        made.append(make(*(made[d] for d in needs)))\n    total([made[d] for d in last])\n",
}

OPTIONS = {
    "memory": "",
    "fs": "(resource_defs={'io_manager': fs_io_manager})",
    "multi": "(executor_def=multiprocess_executor.configured({'max_concurrent': 2}))",
}


def text_of(section, variant, args):
    ops = HEAD.format(result=os.path.abspath("result.json"))
    ops += f"@op\ndef d1(): return data_first({args.size!r})\n"
    return f"{ops}@job{OPTIONS[variant]}\ndef flow_job():\n{BODIES[section].format(n=args.n)}"


def run(section, variant, args):
    text = text_of(section, variant, args)
    if variant == "multi":
        run_command(text)
    else:
        run_here(text, variant)
    with open("result.json") as file:
        return json.load(file)


def run_command(text, name="run_s"):
    with open("flow.py", "w") as file:
        file.write(text)
    with clock(name):
        shell([tool("dagster"), "job", "execute", "-f", "flow.py", "-j", "flow_job"])


def run_here(text, variant):
    from dagster import DagsterInstance

    flow = write_module(text)
    with clock():
        if variant == "memory":
            assert flow.flow_job.execute_in_process().success
            return
        with DagsterInstance.get() as instance:
            assert flow.flow_job.execute_in_process(instance=instance).success


@case("chain", *OPTIONS)
def chain(args):
    check(run("chain", args.variant, args), args.n - 1)


@case("fan", *OPTIONS)
def fan(args):
    check(run("fan", args.variant, args), args.n)


@case("cpu", *OPTIONS)
def cpu(args):
    check(run("cpu", args.variant, args), [BURNT] * args.n)


@case("data", "memory", "fs")
def data(args):
    warm(args.size)
    check(run("data", args.variant, args), data_want(args.size))


@case("command", "multi")
def command(args):
    run_command(text_of("chain", "multi", args), name="command_s")
    with open("result.json") as file:
        check(json.load(file), args.n - 1)


@case("front", "job")
def front(args):
    """The job defined, which checks its wiring and types."""
    import dagster  # noqa: F401

    with clock():
        flow = write_module(text_of("front", "memory", args))
    check(len(flow.flow_job.graph.node_defs) > 0, True)


@case("again", "fs")
def again(args):
    """Re-execution from failure: the last step failed, everything before it is taken from the first run."""
    from dagster import DagsterInstance, ReexecutionOptions, execute_job, reconstructable

    flow = write_module(text_of("again", "fs", args))
    with DagsterInstance.get() as instance:
        if args.phase == "populate":
            done = flow.flow_job.execute_in_process(instance=instance, raise_on_error=False)
            with open("run_id", "w") as file:
                file.write(done.run_id)
            return
        open("ok", "w").close()
        with open("run_id") as file:
            options = ReexecutionOptions.from_failure(file.read(), instance)
        with clock():
            done = execute_job(
                reconstructable(flow.flow_job),
                instance=instance,
                reexecution_options=options,
                run_config={"execution": {"config": {"in_process": {}}}},
            )
    with open("result.json") as file:
        check((done.success, json.load(file)), (True, args.n - 1))


@case("prepare", "home")
def prepare(args):
    """Make the instance's database, once and for all runs."""
    args.n = 2
    check(run("chain", "fs", args), 1)


if __name__ == "__main__":
    main()
