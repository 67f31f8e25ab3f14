"""The cache across runs: what is found, what is not, and what never enters."""

from __future__ import annotations

import importlib
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import axl
from axl.wire.events import Event, Noted

Make = Callable[[str], type[axl.Workflow]]

HEAD = """
from pathlib import Path
from axl import Failed, Workflow, step

def note(text):
    with open(LOG, "a") as log:
        log.write(text + "\\n")
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A file that steps note their calls in."""
    return tmp_path / "log"


@pytest.fixture
def make(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Write a module, and return the workflow `W` in it; its code may be changed and loaded again."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)

    def load(body: str) -> type[axl.Workflow]:
        (tmp_path / "cached_flow.py").write_text(f"LOG = {str(log)!r}\n{HEAD}{textwrap.dedent(body)}")
        sys.modules.pop("cached_flow", None)
        importlib.invalidate_caches()
        cls: type[axl.Workflow] = importlib.import_module("cached_flow").W
        return cls

    yield load
    sys.modules.pop("cached_flow", None)


FAN = """
class W(Workflow):
    @step{options}
    def one(self, x: int) -> int:
        note(f"one {{x}}")
        return x {change}

    @step
    def total(self, xs: list[int]) -> int:
        note("total")
        return sum(xs)

    def graph(self, xs: list[int]) -> int:
        return self.total(self.one.map(xs))
"""


def run(cls: type[axl.Workflow], xs: list[int], **how: Any) -> axl.api.Run:
    """Run inline in the store of the current folder."""
    return axl.run(cls, {"xs": xs}, executor="inline", store="store", **how)


def calls(log: Path) -> list[str]:
    """Return what was called since the last time."""
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines


def fan(change: str = "* 2", options: str = "") -> str:
    """Return the code of a map and its total."""
    return FAN.format(change=change, options=options)


def test_a_second_run_computes_nothing(make: Make, log: Path) -> None:
    """It has the same result, and says that every instance was cached."""
    cls = make(fan())
    first = run(cls, [1, 2])
    calls(log)

    second = run(cls, [1, 2])

    assert (first.result, second.result, calls(log)) == (6, 6, [])
    assert dict(second.counts) == {"cached": 3}
    assert second.id != first.id


def test_one_changed_item_computes_one(make: Make, log: Path) -> None:
    """Items are found by content, whatever their place; what depends on the whole list runs again."""
    cls = make(fan())
    run(cls, [1, 2, 3])
    calls(log)

    result = run(cls, [3, 7, 1]).result

    assert (result, calls(log)) == (22, ["one 7", "total"])


def test_the_same_bytes_stop_the_recomputation(make: Make, log: Path) -> None:
    """A step that changed and gives the same results leaves those after it as they are."""
    run(make(fan("* 2")), [1, 2])
    calls(log)

    second = run(make(fan("+ x")), [1, 2])

    assert (second.result, calls(log)) == (6, ["one 1", "one 2"])


def test_the_same_items_are_computed_once(make: Make, log: Path) -> None:
    """Instances with the same code and inputs share one result within a run, too."""
    result = run(make(fan()), [5, 5, 5]).result

    assert (result, calls(log)) == (30, ["one 5", "total"])


@pytest.mark.parametrize("options", ["(cache=False)"])
def test_a_step_may_be_left_out(make: Make, log: Path, options: str) -> None:
    """Without the cache a step runs every time; what it feeds is still found by content."""
    cls = make(fan(options=options))
    run(cls, [1, 2])
    calls(log)

    run(cls, [1, 2])

    assert calls(log) == ["one 1", "one 2"]


def test_no_cache_neither_reads_nor_writes(make: Make, log: Path) -> None:
    """A run without the cache computes everything, and another one does not find it."""
    cls = make(fan())
    run(cls, [1], cache=False)
    run(cls, [1], cache=False)

    run(cls, [1])

    assert calls(log) == ["one 1", "total"] * 3


def test_fresh_computes_again_and_replaces(make: Make, log: Path) -> None:
    """`fresh` looks nothing up; the next run finds what it made."""
    cls = make(fan())
    run(cls, [1])
    run(cls, [1], fresh=True)
    calls(log)

    assert dict(run(cls, [1]).counts) == {"cached": 2}


def test_a_version_makes_other_results(make: Make, log: Path) -> None:
    """`cache="2"` begins anew for one step, and going back finds the old results."""
    run(make(fan(options='(cache="1")')), [1])
    calls(log)
    run(make(fan(options='(cache="2")')), [1])
    changed = calls(log)
    run(make(fan(options='(cache="1")')), [1])

    assert (changed, calls(log)) == (["one 1"], [])


def test_a_result_may_live_for_a_time(make: Make, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time a result is computed again, and the new one lives as long."""
    cls = make(fan(options='(cache={"ttl": "1h"})'))
    run(cls, [1])
    calls(log)
    run(cls, [1])
    young = calls(log)
    now = axl.runtime.cache.results.time.time
    monkeypatch.setattr("axl.runtime.cache.results.time.time", lambda: now() + 7200)
    run(cls, [1])
    old = calls(log)
    monkeypatch.undo()

    assert (young, old) == ([], ["one 1"])


FAILING = """
class W(Workflow):
    @step(on_failure="continue")
    def one(self, x: int) -> int:
        note(f"one {x}")
        raise ValueError("no")

    @step
    def total(self, xs: list[int | Failed]) -> int:
        return len(xs)

    def graph(self, xs: list[int]) -> int:
        return self.total(self.one.map(xs))
"""


def test_a_failure_never_enters(make: Make, log: Path) -> None:
    """What failed and was tolerated is tried again, once for each item that needs it."""
    cls = make(FAILING)
    run(cls, [1, 1])
    first = calls(log)

    second = run(cls, [1, 1])

    assert (first, calls(log), second.result) == (["one 1", "one 1"], ["one 1", "one 1"], 2)


UNKNOWN = """
class W(Workflow):
    @step
    def one(self, x: int) -> int:
        note(f"one {x}")
        return eval("x")

    def graph(self, xs: list[int]) -> list[int]:
        return self.one.map(xs)
"""


def test_what_cannot_be_followed_is_not_cached_and_says_so(make: Make, log: Path) -> None:
    """The note names the step and the reason, once a run."""
    cls, heard = make(UNKNOWN), []

    def hear(event: Event) -> None:
        if isinstance(event, Noted):
            heard.append(event.text)

    run(cls, [1, 2], report=hear)
    run(cls, [1, 2])

    assert calls(log) == ["one 1", "one 2"] * 2
    assert heard == ["one is not cached: `eval` is used, and what it reaches cannot be followed"]


def test_code_that_changes_meanwhile_keeps_results_out(make: Make, log: Path, tmp_path: Path) -> None:
    """A result of one version of a file is never found by another one."""
    body = fan().replace("return sum(xs)", "touch(); return sum(xs)")
    touch = """
def touch():
    with Path("cached_flow.py").open("a") as file:
        file.write("# more")
"""
    heard: list[str] = []
    run(
        make(touch + body),
        [1],
        report=lambda event: heard.append(event.text) if isinstance(event, Noted) else None,
    )

    assert [text for text in heard if "changed while the run went on" in text]
    calls(log)
    run(make(touch + body), [1])
    assert calls(log) == ["total"]


LISTS = """
class W(Workflow):
    @step
    def names(self, xs: list[int]) -> list[str]:
        note("names")
        return [str(x) for x in xs]

    @step
    def size(self, name: str) -> int:
        note(f"size {name}")
        return len(name)

    def graph(self, xs: list[int]) -> list[int]:
        return self.size.map(self.names(xs))
"""


def test_lists_that_a_step_made_are_found_item_by_item(make: Make, log: Path) -> None:
    """A new list computes its new items alone."""
    cls = make(LISTS)
    run(cls, [1, 22])
    calls(log)

    assert run(cls, [22, 1, 333]).result == [2, 1, 3]
    assert calls(log) == ["names", "size 333"]


OBJECTS = """
class Base:
    def __init__(self, n):
        self.n = n

class Model(Base):
    def size(self):
        return self.n {change}

class W(Workflow):
    @step
    def make(self, xs: list[int]) -> list[Model]:
        note("make")
        return [Model(x) for x in xs]

    @step
    def keep(self, models: list) -> list:
        note("keep")
        return models

    @step
    def measure(self, models: list) -> list[int]:
        note("measure")
        return [model.size() for model in models]

    @step
    def count(self, sizes: list[int]) -> int:
        note("count")
        return len(sizes)

    def graph(self, xs: list[int]) -> int:
        return self.count(self.measure(self.keep(self.make(xs))))
"""


def test_the_code_of_pickled_objects_counts(make: Make, log: Path) -> None:
    """A method that changed makes other results of who takes the objects, though their bytes are the same."""
    run(make(OBJECTS.format(change="+ 1")), [1, 2])
    calls(log)

    run(make(OBJECTS.format(change="* 2")), [1, 2])
    changed = calls(log)
    run(make(OBJECTS.format(change="* 2  # twice")), [1, 2])

    assert ["make", "keep", "measure", "count"] == changed
    assert [] == calls(log)


def test_code_that_no_object_needs_does_not_count(make: Make, log: Path) -> None:
    """Another class of the same module may change."""
    other = "class Other:\n    def f(self):\n        return {}\n"
    run(make(other.format(1) + OBJECTS.format(change="+ 1")), [1, 2])
    calls(log)

    run(make(other.format(2) + OBJECTS.format(change="+ 1")), [1, 2])

    assert [] == calls(log)


SLOW = """
import time

class W(Workflow):
    @step
    def one(self, x: int) -> int:
        note(f"one {x}")
        time.sleep(0.1)
        return x * 2

    @step
    def total(self, xs: list[int]) -> int:
        note("total")
        return sum(xs)

    def graph(self, xs: list[int]) -> int:
        return self.total(self.one.map(xs))
"""


def test_engines_never_compute_a_key_at_once(make: Make, log: Path) -> None:
    """Three engines begin together: each has the result, every step ran once, and the work was shared."""
    make(SLOW)
    code = (
        "import axl, sys; sys.path.insert(0, '.')\n"
        "run = axl.run('cached_flow:W', {'xs': list(range(12))}, executor=sys.argv[1], workers=2,"
        " store='store', run_id=sys.argv[2])\n"
        "print(run.result, dict(run.counts).get('done', 0))"
    )
    engines = [
        subprocess.Popen(
            [sys.executable, "-c", code, executor, f"run-{number}"], stdout=subprocess.PIPE, text=True
        )
        for number, executor in enumerate(("inline", "thread", "process"))
    ]
    told = [engine.communicate(timeout=60)[0].split() for engine in engines]

    assert ["132"] * 3 == [result for result, _ in told]
    assert sorted([*(f"one {x}" for x in range(12)), "total"]) == sorted(calls(log))
    assert 13 == sum(int(done) for _, done in told)


@pytest.mark.parametrize("name", ["latest", "a/b", "", "-x", "ü", "a" * 201])
def test_a_run_has_a_plain_name(make: Make, name: str) -> None:
    """From Python as from the command line; the empty name stands for one that axl makes."""
    cls = make(fan())
    if not name:
        assert run(cls, [1], run_id=name).id.startswith("w-")
        return
    with pytest.raises(axl.AxlError, match="cannot name a run"):
        run(cls, [1], run_id=name)


SETS = """
class W(Workflow):
    @step
    def names(self, xs: list[int]) -> set[str]:
        {note}
        return {{f"name {{x}}" for x in xs}}

    @step
    def count(self, names: set[str]) -> int:
        note("count")
        return len(names)

    def graph(self, xs: list[int]) -> int:
        return self.count(self.names(xs))
"""


def test_a_set_has_the_same_bytes_in_every_process(make: Make, log: Path) -> None:
    """Workers hash texts alike, so that an equal set stops the recomputation."""
    many = list(range(50))
    axl.run(make(SETS.format(note="")), {"xs": many}, store="store")
    calls(log)

    axl.run(make(SETS.format(note="str()")), {"xs": many}, store="store")

    assert [] == calls(log)


FIELDS = """
from dataclasses import dataclass

@dataclass
class C:
    x: int
    def f(self):
        return self.x {change}

@dataclass
class D(C):
    pass

class W(Workflow):
    @step
    def make(self, xs: list[int]) -> "C":
        return {cls}(xs[0])

    @step
    def use(self, c: object) -> int:
        note("use")
        return c.f()

    def graph(self, xs: list[int]) -> int:
        return self.use(self.make(xs))
"""


def test_the_class_that_outputs_are_made_into_counts(make: Make, log: Path) -> None:
    """However the step that takes the object is annotated."""
    run(make(FIELDS.format(change="* 2", cls="C")), [5])
    calls(log)

    second = run(make(FIELDS.format(change="* 3", cls="C")), [5])

    assert (15, ["use"]) == (second.result, calls(log))


def test_several_outputs_are_of_the_class_that_is_annotated(make: Make) -> None:
    """A subclass would come back as its base: it is refused."""
    failed = run(make(FIELDS.format(change="* 2", cls="D")), [5])

    assert "failed" == failed.status
    assert "annotated to return C, but returned D, a subclass" in failed.error


HIDDEN = {
    "class of self": ("", "self.__class__.RATE", "    RATE = {}\n"),
    "getattr": ("", "self.rate", "    def __getattr__(self, name):\n        return {}\n"),
    "registry": ("R = {{}}\ndef put(n):\n    R['k'] = n\nput({})\n", "R['k']", ""),
    "method put into a class": (
        "class H:\n    def f(self):\n        return 0\ndef mine(self):\n    return {}\nH.f = mine\n",
        "H().f()",
        "",
    ),
    "list that begins empty": ("R = []\nR.append({})\n", "R[0]", ""),
}


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_decides_a_result_is_found(make: Make, hidden: str) -> None:
    """Values and code that a step reaches in roundabout ways count."""
    head, used, inside = HIDDEN[hidden]

    def text(n: int) -> str:
        body = f"class W(Workflow):\n{inside.format(n)}    @step\n    def one(self, x: int) -> int:\n"
        return f"{head.format(n)}{body}        return x * {used}\n    def graph(self, xs: list[int]) -> list[int]:\n        return self.one.map(xs)\n"

    first = run(make(text(2)), [5]).result

    assert ([10], [15]) == (first, run(make(text(3)), [5]).result)


@pytest.mark.parametrize(
    "code",
    ["import_module('math').floor(x)", "sys.modules['math'].floor(x)", "len(int.__subclasses__()) * 0 + x"],
)
def test_what_only_running_can_name_is_not_cached(make: Make, log: Path, code: str) -> None:
    """Dynamic imports and classes that are asked for are refused, each run computes."""
    head = "import sys\nfrom importlib import import_module\n"
    cls = make(head + UNKNOWN.replace('eval("x")', code))
    run(cls, [1])
    run(cls, [1])

    assert ["one 1", "one 1"] == calls(log)
