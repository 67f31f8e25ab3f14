"""Luigi: `luigi.build(…, local_scheduler=True)` and its command, every output a pickle written and renamed."""

import os
import pickle

from case import PEERS, case, check, clock, main, shell, tool, write_module
from work import BURNT, data_want, warm

TEXT = """\
import pickle
import luigi
from luigi.format import Nop
from work import burn, data_first, data_second, data_third
class Base(luigi.Task):
    def output(self): return luigi.LocalTarget("out/" + self.task_id, format=Nop)
    def put(self, value):
        with self.output().open("w") as file: pickle.dump(value, file, protocol=5)
    def get(self, target=None):
        with (target or self.input()).open("r") as file: return pickle.load(file)
class Chain(Base):
    i = luigi.IntParameter()
    def requires(self): return Chain(i=self.i - 1) if self.i else []
    def run(self): self.put(self.get() + 1 if self.i else 0)
class First(Base):
    def run(self): self.put(0)
class Inc(Base):
    i = luigi.IntParameter()
    def requires(self): return First()
    def run(self): self.put(self.get() + 1)
class Fan(Base):
    n = luigi.IntParameter()
    def requires(self): return [Inc(i=i) for i in range(self.n)]
    def run(self): self.put(sum(self.get(t) for t in self.input()))
class Work(Base):
    i = luigi.IntParameter()
    def requires(self): return First()
    def run(self): self.put(burn())
class Cpu(Base):
    n = luigi.IntParameter()
    def requires(self): return [Work(i=i) for i in range(self.n)]
    def run(self): self.put([self.get(t) for t in self.input()])
class D1(Base):
    kind = luigi.Parameter()
    def run(self): self.put(data_first(self.kind))
class D2(Base):
    kind = luigi.Parameter()
    def requires(self): return D1(kind=self.kind)
    def run(self): self.put(data_second(self.get()))
class D3(Base):
    kind = luigi.Parameter()
    def requires(self): return D2(kind=self.kind)
    def run(self): self.put(data_third(self.get()))
"""


def run(make, workers=1):
    import luigi

    flow = write_module(TEXT)
    with clock():
        task = make(flow)
        assert luigi.build([task], local_scheduler=True, workers=workers)
    with task.output().open("r") as file:
        return pickle.load(file)


@case("chain", "default")
def chain(args):
    check(run(lambda flow: flow.Chain(i=args.n - 1)), args.n - 1)


@case("again", "default")
def again(args):
    """The last output is gone, so that every step is asked whether it is complete, and one runs."""
    if args.phase != "populate":
        os.remove(next(f"out/{name}" for name in os.listdir("out") if f"_{args.n - 1}_" in name))
    chain(args)


@case("fan", "default")
def fan(args):
    check(run(lambda flow: flow.Fan(n=args.n)), args.n)


@case("data", "default")
def data(args):
    warm(args.size)
    check(run(lambda flow: flow.D3(kind=args.size)), data_want(args.size))


@case("cpu", "default")
def cpu(args):
    check(run(lambda flow: flow.Cpu(n=args.n), workers=2), [BURNT] * args.n)


@case("command", "cli")
def command(args):
    with open("flow.py", "w") as file:
        file.write(TEXT)
    env = dict(os.environ, PYTHONPATH=f"{os.getcwd()}:{PEERS}")
    with clock("command_s"):
        shell(
            [tool("luigi"), "--module", "flow", "Chain", "--i", str(args.n - 1), "--local-scheduler"], env=env
        )
    name = next(name for name in os.listdir("out") if f"_{args.n - 1}_" in name)
    with open(f"out/{name}", "rb") as file:
        check(pickle.load(file), args.n - 1)


if __name__ == "__main__":
    main()
