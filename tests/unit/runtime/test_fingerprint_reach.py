"""A fingerprint reaches whatever the step reaches: through classes that inherit, long chains, and in circles."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axl.runtime.code.fingerprint import fingerprint
from tests.unit.runtime.projects import digests, imported, written


def test_a_step_inherited_runs_in_the_subclass(tmp_path: Path) -> None:
    """What `self.factor` means is decided by the class that runs."""
    files = {
        "flows.py": "from axl import Workflow, step\n\nclass A(Workflow):\n    factor = 1\n\n    @step\n"
        "    def go(self) -> int:\n        return self.factor + self.more()\n\n    def more(self):\n        return 1\n\n"
        "class B(A):\n    factor = 2\n\nclass C(A):\n    def more(self):\n        return 2\n\nclass D(A):\n    pass\n"
    }
    module = imported(written(tmp_path, files), "flows")

    a, b, c, d = (fingerprint(module.A.go, cls) for cls in (module.A, module.B, module.C, module.D))

    assert a == d == fingerprint(module.A.go)
    assert len({a, b, c}) == 3


def test_self_passed_on_counts_whole(tmp_path: Path) -> None:
    """Where `self` goes, every method may be used."""
    text = (
        "from axl import Workflow, step\n\ndef use(flow):\n    return flow.more()\n\nclass Flow(Workflow):\n    @step\n"
        "    def go(self) -> int:\n        return use(self)\n\n    def more(self):\n        return 1\n"
    )

    one = digests(tmp_path, {"flows.py": text}, "flows")
    two = digests(tmp_path, {"flows.py": text.replace("return 1", "return 2")}, "flows")

    assert one != two


def test_long_chains_of_calls(tmp_path: Path) -> None:
    """A chain of a thousand functions and one of a thousand values do not reach the limit of recursion."""
    calls = "".join(f"def f{i}(x):\n    return f{i + 1}(x)\n" for i in range(1000))
    values = "V0 = 1\n" + "".join(f"V{i + 1} = V{i} + 1\n" for i in range(1000))
    step = "class Flow(Workflow):\n    @step\n    def go(self) -> int:\n        return f0(1)\n"
    text = f"from axl import Workflow, step\n{calls}{values}def f1000(x):\n    return V1000\n{step}"

    one = digests(tmp_path, {"flows.py": text}, "flows")
    two = digests(tmp_path, {"flows.py": text.replace("V0 = 1", "V0 = 2")}, "flows")

    assert one != two


def test_cycles_end(tmp_path: Path) -> None:
    """Functions that call each other, values that hold each other and modules that import each other."""
    files = {
        "ring/__init__.py": "",
        "ring/a.py": "from axl import Workflow, step\nfrom . import b\nLOOP = []\nLOOP.append(LOOP)\nLOOP.append(len)\n"
        "def one(n):\n    return b.two(n)\nclass Flow(Workflow):\n    @step\n    def go(self) -> int:\n"
        "        return one(len(LOOP)) + self.back()\n    def back(self):\n        return self.back\n",
        "ring/b.py": "from . import a\ndef two(n):\n    return a.one(n - 1) if n else 0\n",
    }

    assert digests(tmp_path, files, "ring.a") == digests(tmp_path, files, "ring.a")


names = st.sampled_from(["a", "b", "c", "d", "e"])
bodies = st.fixed_dictionaries({}, optional={name: st.tuples(names, st.integers(0, 3)) for name in "abcde"})


@given(program=bodies, other=names, number=st.integers(4, 6))
@settings(max_examples=60, deadline=None)
def test_exactly_what_is_reachable_counts(
    tmp_path_factory: pytest.TempPathFactory, program: dict[str, tuple[str, int]], other: str, number: int
) -> None:
    """In any graph of calls an edit of a function counts when, and only when, the step reaches it."""

    def text(functions: dict[str, tuple[str, int]]) -> str:
        lines = [f"def {name}(n):\n    return {to}(n) + {k}\n" for name, (to, k) in functions.items()]
        step = "class Flow(Workflow):\n    @step\n    def go(self) -> int:\n        return a(1)\n"
        return "\n".join(["from axl import Workflow, step", *lines, step])

    reached, name = set(), "a"
    while name in program and name not in reached:
        reached.add(name)
        name = program[name][0]
    changed = {**program, other: (program[other][0], number)} if other in program else program
    folder = tmp_path_factory.mktemp("graph")

    one = digests(folder, {"flows.py": text(program)}, "flows")
    two = digests(folder, {"flows.py": text(changed)}, "flows")

    assert (other in reached) == (one != two)
