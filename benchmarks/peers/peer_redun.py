"""redun: a scheduler with its SQLite database, every call recorded and cached by content; threads or processes."""

from case import case, check, clock, main, write_module
from work import BURNT, data_want, warm

TEXT = """\
from redun import task
from work import burn, data_first, data_second, data_third
redun_namespace = "bench"
@task()
def first(): return 0
@task()
def inc(x): return x + 1
@task()
def inc_one_of(x, i): return x + 1
@task()
def total(xs): return sum(xs)
@task()
def chain(n):
    x = first()
    for _ in range(n - 1): x = inc(x)
    return x
@task()
def fan(n):
    x = first()
    return total([inc_one_of(x, i) for i in range(n)])
@task()
def work_default(i): return burn()
@task(executor="process")
def work_processes(i): return burn()
@task()
def cpu(n, variant): return [(work_default if variant == "default" else work_processes)(i) for i in range(n)]
@task()
def d1(kind): return data_first(kind)
@task()
def d2(x): return data_second(x)
@task()
def d3(x): return data_third(x)
@task()
def data(kind): return d3(d2(d1(kind)))
"""


def run(call):
    import sys

    from redun import Scheduler
    from redun.config import Config

    sys.setrecursionlimit(100_000)
    flow = write_module(TEXT)
    config = Config(
        {
            "backend": {"db_uri": "sqlite:///redun.db"},
            "executors.default": {"type": "local", "mode": "thread", "max_workers": "20"},
            "executors.process": {"type": "local", "mode": "process", "max_workers": "2"},
        }
    )
    with clock("boot_s"):
        scheduler = Scheduler(config=config)
        scheduler.load()
    with clock():
        return scheduler.run(call(flow))


@case("chain", "default")
@case("command", "default")
@case("again", "default")
@case("cached", "default")
def chain(args):
    check(run(lambda flow: flow.chain(args.n)), args.n - 1)


@case("fan", "default")
def fan(args):
    check(run(lambda flow: flow.fan(args.n)), args.n)


@case("data", "default")
def data(args):
    warm(args.size)
    check(run(lambda flow: flow.data(args.size)), data_want(args.size))


@case("cpu", "default", "processes")
def cpu(args):
    check(run(lambda flow: flow.cpu(args.n, args.variant)), [BURNT] * args.n)


@case("front", "expressions")
def front(args):
    """Expressions built for a chain of the same length and hashed; redun's graphs are made while they run."""
    import sys

    import redun  # noqa: F401

    sys.setrecursionlimit(100_000)
    flow = write_module(TEXT)
    with clock():
        x = flow.first()
        for _ in range(args.n - 1):
            x = flow.inc(x)
        digest = x.get_hash()
    check(len(digest), 40)


if __name__ == "__main__":
    main()
