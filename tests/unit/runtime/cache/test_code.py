"""Code that a step reaches through objects, classes and roundabout ways decides what is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.runtime.cache.cached_flows import Make, calls, run

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
