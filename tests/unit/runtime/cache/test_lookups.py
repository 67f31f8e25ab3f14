"""What an earlier run computed is found again by content, item by item, whoever else is at work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import axl
from tests.unit.runtime.cache.cached_flows import Make, calls, fan, run


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
