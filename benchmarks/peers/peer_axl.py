"""axl itself, by its Python calls and by its command line; the variants are its executors."""

import bucket
from case import OUT, case, check, clock, main, shell, tool, write_module
from work import BURNT, data_want, layers, raw_size, size_of, versions, warm

EXECUTORS = ("inline", "thread", "process")


CHAIN = """\
from axl import Workflow, step
class Flow(Workflow):
    @step
    def first(self) -> int:
        return 0
    @step
    def inc(self, x: int) -> int:
        return x + 1
    def graph(self) -> int:
        x = self.first()
        for _ in range({n} - 1):
            x = self.inc(x)
        return x
"""

LAST_FAILS = """\
from pathlib import Path
from axl import Workflow, step
class Flow(Workflow):
    @step
    def first(self) -> int:
        return 0
    @step
    def inc(self, x: int) -> int:
        return x + 1
    @step
    def last(self, x: int) -> int:
        if not Path({ok!r}).exists():
            raise RuntimeError("not the first time")
        return x + 1
    def graph(self) -> int:
        x = self.first()
        for _ in range({n} - 2):
            x = self.inc(x)
        return self.last(x)
"""

FAN = """\
from axl import Workflow, step
class Flow(Workflow):
    @step
    def numbers(self) -> list[int]:
        return list(range({n}))
    @step
    def inc(self, x: int) -> int:
        return x + 1
    @step
    def total(self, xs: list[int]) -> int:
        return sum(xs)
    def graph(self) -> int:
        return self.total(self.inc.map(self.numbers()))
"""

CPU = """\
from axl import Workflow, step
from work import burn
class Flow(Workflow):
    @step
    def numbers(self) -> list[int]:
        return list(range({n}))
    @step
    def work(self, x: int) -> int:
        return burn()
    @step
    def gather(self, xs: list[int]) -> list[int]:
        return xs
    def graph(self) -> list[int]:
        return self.gather(self.work.map(self.numbers()))
"""

DATA = """\
import numpy as np
import pandas as pd
from axl import Workflow, step
from work import data_first, data_second, data_third
class Flow(Workflow):
    @step{options}
    def first(self) -> {type}:
        return data_first({kind!r})
    @step{options}
    def second(self, x: {type}) -> {type}:
        return data_second(x)
    @step
    def third(self, x: {type}) -> float:
        return data_third(x)
    def graph(self) -> float:
        return self.third(self.second(self.first()))
"""

DISK = """\
import numpy as np
from axl import Workflow, step
from work import MONTHS, month_data
class Flow(Workflow):
    @step
    def load(self, month: int, version: int) -> np.ndarray:
        return month_data(month, version)
    @step
    def order(self, x: np.ndarray) -> np.ndarray:
        return np.sort(x)
    @step
    def count(self, xs: list[np.ndarray]) -> int:
        return len(xs)
    def graph(self, versions: list[int]) -> int:
        return self.count(self.order.map(self.load.map(list(range(MONTHS)), versions)))
"""

LAYERS = """\
from axl import Workflow, step
from work import layers
class Flow(Workflow):
    @step
    def source(self) -> int:
        return 1
    @step
    def add(self, a: int, b: int) -> int:
        return a + b
    @step
    def total(self, xs: list[int]) -> int:
        return sum(xs)
    def graph(self) -> int:
        *body, last = layers({n})
        made = []
        for needs in body:
            made.append(self.add(*(made[d] for d in needs)) if needs else self.source())
        return self.total([made[d] for d in last])
"""


def run(text, executor):
    """Write a workflow, run it by `axl.run`, and return its result."""
    import axl

    flow = write_module(text)
    with clock():
        done = axl.run(flow.Flow, executor=executor, workers=2)
        result = done.result
    return result


@case("chain", *EXECUTORS)
def chain(args):
    check(run(CHAIN.format(n=args.n), args.variant), args.n - 1)


@case("fan", *EXECUTORS)
def fan(args):
    check(run(FAN.format(n=args.n), args.variant), fan_want(args.n))


def fan_want(n):
    """Every item is another one: equal ones would be computed once."""
    return n * (n + 1) // 2


@case("cpu", *EXECUTORS)
def cpu(args):
    check(run(CPU.format(n=args.n), args.variant), [BURNT] * args.n)


@case(
    "data",
    *EXECUTORS,
    *(f"{executor}+{handler}" for executor in EXECUTORS for handler in ("pickle", "arrow")),
)
def data(args):
    executor, _, handler = args.variant.partition("+")
    warm(args.size)
    options = f'(io_handler="{handler}")' if handler else ""
    kind = "np.ndarray" if args.size.startswith("array") else "pd.DataFrame"
    text = DATA.format(options=options, type=kind, kind=args.size)
    check(run(text, executor), data_want(args.size))


@case("command", *EXECUTORS)
def command(args):
    """`axl run local`, as a user types it."""
    write_module(CHAIN.format(n=args.n))
    with clock("command_s"):
        shell([tool("axl"), "run", "local", "-m", "flow.py:Flow", "--executor", args.variant])
    import axl

    check(axl.get_run("latest").result, args.n - 1)


@case("again", *EXECUTORS)
def again(args):
    """The same call after the last step failed: every other step is taken from the unfinished run."""
    import axl

    flow = write_module(LAST_FAILS.format(n=args.n, ok="ok"))
    if args.phase == "populate":
        check(axl.run(flow.Flow, executor="inline").status, "failed")
        return
    open("ok", "w").close()
    with clock():
        done = axl.run(flow.Flow, executor=args.variant, workers=2)
        result = done.result
    check(result, args.n - 1)


@case("cached", *EXECUTORS)
def cached(args):
    """The same call again: every step is found in the cache."""
    import axl

    flow = write_module(FAN.format(n=args.n))
    if args.phase == "populate":
        check(axl.run(flow.Flow, executor="inline").result, fan_want(args.n))
        return
    with clock():
        done = axl.run(flow.Flow, executor=args.variant, workers=2)
        result = done.result
    check((result, dict(done.counts)), (fan_want(args.n), {"cached": args.n + 2}))


@case("bucket", "store, one by one", "store, in batches")
def bucket_small(args):
    """Records: each is written once, and verified when it is read."""
    from axl.io.stores import open_store

    with bucket.server() as endpoint:
        store, keys = open_store(bucket.url(endpoint)), [f"bench/{i}" for i in range(args.n)]
        bodies = [bucket.small(i) for i in range(args.n)]
        store.put_record("first", b"x")
        with clock():
            with clock("write_s"):
                if args.variant == "store, in batches":
                    store.put_records(list(zip(keys, bodies, strict=True)))
                else:
                    for key, body in zip(keys, bodies, strict=True):
                        store.put_record(key, body)
            with clock("read_s"):
                if args.variant == "store, in batches":
                    got = store.get_records(keys)
                else:
                    got = [store.get_record(key) for key in keys]
        store.close()
    check(got, bodies)


@case("bucket-large", "store")
def bucket_large(args):
    """An object: hashed, sent in parts, kept on this machine; and fetched by a machine that has no copy."""
    import os
    import shutil

    from axl.io.stores import open_store

    data = bucket.large(args.n)
    os.environ["XDG_CACHE_HOME"] = os.path.abspath("copies")
    with bucket.server() as endpoint:
        store = open_store(bucket.url(endpoint))
        store.put_record("first", b"x")
        with clock(), clock("write_s"), store.write() as stream:
            stream.write(data)
            digest = stream.finish().digest
        shutil.rmtree("copies/axl/objects")
        with clock(), clock("read_s"):
            got = store.read(digest)
        store.close()
    check(got == data, True)


@case("disk", "inline")
def disk(args):
    """Every run is a run; what an older one has computed is found."""
    import axl

    flow = write_module(DISK)
    with clock():
        for run in range(args.n):
            axl.run(flow.Flow, {"versions": versions(run)}, executor="inline")
    OUT.update(disk=size_of(".axl"), raw=raw_size(args.n))
    check(len(axl.list_runs()), args.n)


@case("front", "all")
def front(args):
    """Trace, check and hash, and beside them the encoding."""
    from axl.check import check as problems_of
    from axl.dsl.trace import hints_of, trace
    from axl.ir.codec import encode

    flow = write_module(LAYERS.format(n=args.n))
    with clock():
        with clock("trace_s"):
            program = trace(flow.Flow)
        with clock("check_s"):
            problems = problems_of(program, hints_of(flow.Flow, program))
        with clock("hash_s"):
            program.compute_hash()
    with clock("encode_s"):
        OUT["bytes"] = len(encode(program))
    check((len(program.body.nodes), list(problems)), (len(layers(args.n)), []))


if __name__ == "__main__":
    main()
