"""axl-workflows 0.6.0: its local runtime, in process, with its two stores, and its command line.

A step is a method and may appear once in a graph, so a chain or a fan-out of N needs a class of N methods.
"""

from case import case, check, clock, main, shell, tool, write_module
from work import BURNT, data_want, layers, warm

HEAD = """\
from axl import Workflow, step
from work import burn, data_first, data_second, data_third
class Flow(Workflow):
    name = "flow"
"""


def method(name, inputs, body):
    return f"    @step()\n    def {name}({', '.join(['self', *inputs])}): {body}\n"


def chain_text(n):
    steps = [method(f"s{i}", ["x"] if i else [], "return x + 1" if i else "return 0") for i in range(n)]
    calls = [f"        x = self.s{i}({'x' if i else ''})\n" for i in range(n)]
    return HEAD + "".join(steps) + "    def dag(self):\n" + "".join(calls) + "        return x\n"


def fan_text(n, body="x + 1", last="sum(xs)"):
    steps = [method("source", [], "return 0"), method("join", ["*xs"], f"return {last}")]
    steps += [method(f"b{i}", ["x"], f"return {body}") for i in range(n)]
    calls = f"        x = self.source()\n        return self.join(*[getattr(self, f'b{{i}}')(x) for i in range({n})])\n"
    return HEAD + "".join(steps) + "    def dag(self):\n" + calls


def layers_text(n):
    needs = layers(n)
    steps = [method(f"s{i}", ["*xs"], "return 1 + sum(xs)") for i in range(n)]
    calls = [
        f"        r{i} = self.s{i}({', '.join(f'r{d}' for d in each)})\n" for i, each in enumerate(needs)
    ]
    return HEAD + "".join(steps) + "    def dag(self):\n" + "".join(calls) + f"        return r{n - 1}\n"


def data_text(kind):
    steps = method("a", [], f"return data_first({kind!r})")
    steps += method("b", ["x"], "return data_second(x)") + method("c", ["x"], "return data_third(x)")
    return HEAD + steps + "    def dag(self):\n        return self.c(self.b(self.a()))\n"


def run(text, store):
    from axl.ir import build_ir
    from axl.runtime import LocalRuntime

    flow = write_module(text)
    with clock():
        return LocalRuntime(artifact_store=store).execute_workflow(build_ir(flow.Flow), flow.Flow())


@case("chain", "memory", "local")
def chain(args):
    check(run(chain_text(args.n), args.variant), args.n - 1)


@case("fan", "memory", "local")
def fan(args):
    check(run(fan_text(args.n), args.variant), args.n)


@case("cpu", "local")
def cpu(args):
    check(run(fan_text(args.n, body="burn()", last="list(xs)"), args.variant), [BURNT] * args.n)


@case("data", "memory", "local")
def data(args):
    warm(args.size)
    check(run(data_text(args.size), args.variant), data_want(args.size))


@case("command", "cli")
def command(args):
    """The command prints no result, so that its log has to tell that every step was run."""
    with open("flow.py", "w") as file:
        file.write(chain_text(args.n))
    with clock("command_s"):
        shell([tool("axl"), "run", "local", "-m", "flow.py:Flow", "--artifact-store", "local"])
    with open("command.log") as file:
        check(file.read().count("Step completed"), args.n)


@case("front", "ir")
def front(args):
    """The class traced into its IR; there is no check of types and no hash."""
    from axl.ir import build_ir

    flow = write_module(layers_text(args.n))
    with clock():
        ir = build_ir(flow.Flow)
    check(len(ir.nodes), args.n)


if __name__ == "__main__":
    main()
