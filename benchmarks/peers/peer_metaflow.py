"""Metaflow: `python flow.py run` with local metadata and datastore; every step is a process of its own."""

import json
import os
import sys

from case import PEERS, case, check, clock, main, shell
from work import BURNT, data_want

ENV = dict(
    os.environ,
    METAFLOW_HOME=os.path.abspath("metaflow-home"),
    METAFLOW_DATASTORE_SYSROOT_LOCAL=os.getcwd(),
    METAFLOW_DEFAULT_METADATA="local",
    METAFLOW_DEFAULT_DATASTORE="local",
    USERNAME="bench",
    PYTHONPATH=str(PEERS),
)

HEAD = """\
from metaflow import FlowSpec, step
from work import burn, data_first, data_second, data_third
import json, os
class Flow(FlowSpec):
"""
TAIL = "if __name__ == '__main__':\n    Flow()\n"
PUT = "json.dump(self.x, open('result.json', 'w'))"
FAIL = "os.path.exists('ok') or 1 / 0; "


def method(name, body, following=""):
    inputs = ", inputs" if "inputs" in body else ""
    text = f"    @step\n    def {name}(self{inputs}):\n        {body}\n"
    return text + (f"        self.next({following})\n" if following else "")


def chain_text(n, before=""):
    text = HEAD + method("start", "self.x = 0", "self.s1")
    for i in range(1, n - 1):
        text += method(f"s{i}", "self.x += 1", f"self.s{i + 1}" if i < n - 2 else "self.end")
    return text + method("end", f"{before}self.x += 1; {PUT}") + TAIL


def fan_text(n, body="self.x = self.x + 1", join="self.x = sum(i.x for i in inputs)"):
    """A foreach, and the step `end` that Metaflow demands."""
    text = HEAD + method("start", f"self.x = 0; self.items = list(range({n}))", "self.b, foreach='items'")
    return text + method("b", body, "self.j") + method("j", join, "self.end") + method("end", PUT) + TAIL


def data_text(kind):
    text = HEAD + method("start", f"self.x = data_first({kind!r})", "self.b")
    return (
        text
        + method("b", "self.x = data_second(self.x)", "self.end")
        + method("end", f"self.x = data_third(self.x); {PUT}")
        + TAIL
    )


def write(text):
    with open("flow.py", "w") as file:
        file.write(text)


def run(text, *more, name="run_s", verb="run"):
    write(text)
    with clock(name):
        shell([sys.executable, "flow.py", verb, *more], env=ENV)
    with open("result.json") as file:
        return json.load(file)


@case("chain", "run")
def chain(args):
    check(run(chain_text(args.n)), args.n - 1)


@case("command", "run")
def command(args):
    check(run(chain_text(args.n), name="command_s"), args.n - 1)


@case("fan", "run")
def fan(args):
    check(run(fan_text(args.n), "--max-num-splits", str(max(100, args.n))), args.n)


@case("data", "run")
def data(args):
    check(run(data_text(args.size)), data_want(args.size))


@case("cpu", "run")
def cpu(args):
    text = fan_text(args.n, body="self.x = burn()", join="self.x = [i.x for i in inputs]")
    check(run(text, "--max-workers", "2"), [BURNT] * args.n)


@case("again", "resume")
def again(args):
    """`resume` of a run whose last step failed: every finished step is cloned."""
    if args.phase == "populate":
        try:
            run(chain_text(args.n, FAIL))
        except SystemExit:
            return
        sys.exit("the first run should have failed")
    open("ok", "w").close()
    check(run(chain_text(args.n, FAIL), verb="resume"), args.n - 1)


if __name__ == "__main__":
    main()
