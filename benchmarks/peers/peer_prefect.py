"""Prefect 3: flows in this process against the server that Prefect starts itself.

`default` persists no results, `persist` persists them all. `boot_s` is a flow of one task that starts the
server, `run_s` what follows.
"""

import os

from case import case, check, clock, home, main
from work import BURNT, burn, data_first, data_second, data_third, data_want, warm

home("PREFECT_HOME", "prefect-home")
os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "true")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")


def boot():
    """Start the server, outside `run_s`."""
    from prefect import flow, task

    @task
    def one():
        return 1

    @flow
    def start():
        return one()

    with clock("boot_s"):
        check(start(), 1)


def options(args):
    from prefect.cache_policies import INPUTS, TASK_SOURCE

    if args.variant == "persist":
        return {"persist_result": True, "cache_policy": INPUTS + TASK_SOURCE}
    return {}


def first():
    return 0


def inc(x):
    return x + 1


def inc_one_of(x, i):
    return x + 1


def total(xs):
    return sum(xs)


def measure(flow):
    boot()
    with clock():
        return flow()


@case("chain", "default", "persist")
@case("command", "default")
@case("again", "persist")
@case("cached", "persist")
def chain(args):
    from prefect import flow, task

    start, step = task(**options(args))(first), task(**options(args))(inc)

    @flow
    def chain():
        x = start()
        for _ in range(args.n - 1):
            x = step(x)
        return x

    check(measure(chain), args.n - 1)


@case("fan", "default", "persist")
def fan(args):
    from prefect import flow, task

    start, step, last = (task(**options(args))(each) for each in (first, inc_one_of, total))

    @flow
    def fan():
        x = start()
        each = [step.submit(x, i) for i in range(args.n)]
        return last([one.result() for one in each])

    check(measure(fan), args.n)


@case("data", "default", "persist")
def data(args):
    from prefect import flow, task

    keep = {"persist_result": True} if args.variant == "persist" else {}
    warm(args.size)
    one, two, three = (task(**keep)(each) for each in (data_first, data_second, data_third))

    @flow
    def pass_on():
        return three(two(one(args.size)))

    check(measure(pass_on), data_want(args.size))


@case("cpu", "default")
def cpu(args):
    """The default task runner has threads only."""
    from prefect import flow, task

    work = task(burn)

    @flow
    def cpu():
        each = [work.submit() for _ in range(args.n)]
        return [one.result() for one in each]

    check(measure(cpu), [BURNT] * args.n)


@case("prepare", "home")
def prepare(args):
    """Make the server's database, once and for all runs."""
    boot()


if __name__ == "__main__":
    main()
