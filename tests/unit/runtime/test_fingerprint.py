"""A step's fingerprint changes with every edit that may change what it does, and with no other."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axl.dsl.describe import steps_of
from axl.runtime.code import packages
from axl.runtime.code.fingerprint import FingerprintError, fingerprint, fingerprint_parts

FLOW = '''\
"""A flow over several modules."""

from __future__ import annotations

import json
import os
from enum import Enum
from functools import lru_cache, partial, singledispatch
from typing import TYPE_CHECKING

import numpy as np

from axl import Workflow, step

from . import config, features
from .base import Shared
from .config import LIMIT, SETTINGS
from .deco import checked, traced, twice
from .features import normalize as norm
from .stars import *

if TYPE_CHECKING:
    from .quiet import Quiet

SCALE = 2
RATES = [0.5, 0.25]
WORDS = {"b", "a", "c"}
TABLE = {"a": features.first, "b": features.second}
ADD = features.make_adder(3)
HALF = partial(features.divide, by=2)
REGISTRY = {}
MEMO = {}
HERE = os.path.dirname(__file__)
UNUSED = 1
np.seterr(all="ignore")


def register(function):
    REGISTRY[function.__name__] = function
    return function


@register
def plugin(x):
    return x + 1


@lru_cache
def slow(x):
    return x + 100


def unused(x):
    return x


class Mode(Enum):
    FAST = 1
    SLOW = 2


class Model:
    def rate(self):
        return 71


@singledispatch
def kinds(x):
    return 81


@kinds.register
def _(x: str):
    return 82


@np.vectorize
def opaque(x):
    return x + 83


class Cleaner(features.Base):
    size = 4

    def run(self, x):
        return self.scale(x) * self.size


class Flow(Shared, Workflow):
    """Two steps that share nothing."""

    factor = 5
    ratio = SCALE * 3

    @step(retries=1)
    def clean(self, x: int = 7) -> int:
        """Clean one number."""
        # the first comment
        total = norm(x) * SCALE + LIMIT
        total += self.factor + self.offset(x) + self.ratio
        total += config.DEPTH + SETTINGS["width"] + sum(RATES)

        def inner(y, k=config.STEP):
            return features.deep(y) + k

        total += inner(x) + Cleaner().run(x) + TABLE["a"](x) + ADD(x) + HALF(x)
        total += REGISTRY["plugin"](x) + decorated(x) + slow(x) + starred(x)
        total += Mode.FAST.value + len(WORDS) + (lambda z: z + 3)(x)
        MEMO[x] = total
        from .late import lately

        return int(np.floor(total)) + lately(x) + len(HERE[:0])

    @step
    @checked
    def other(self, x: Model, y: Quiet | None = None) -> str:
        value = x + 1 + self.count() + kinds(x) + opaque(x)
        return json.dumps(value)

    def offset(self, x):
        return super().offset(x) + 1

    def spare(self, x):
        return x

    def count(self):
        return self.double(61)

    @staticmethod
    def double(x):
        return x * 2

    def graph(self, x: int = 1) -> str:
        return self.other(self.clean(x))


@traced("clean")
@twice
def decorated(x):
    return x - 1
'''

FILES = {
    "shop/__init__.py": "",
    "shop/flow.py": FLOW,
    "shop/features.py": """\
import math


def normalize(x, low=0):
    return helper(x) - low


def helper(x):
    return math.floor(x) + 1


def deep(x):
    return deeper(x)


def deeper(x: int) -> int:
    return x + 11


def first(x):
    return x + 21


def second(x):
    return x + 22


def divide(x, by):
    return x // by


def make_adder(n):
    def add(x):
        return x + n

    return add


class Root:
    unit = 1


class Base(Root):
    def scale(self, x):
        return x * self.unit


def nobody(x):
    return x
""",
    "shop/config.py": "import os\nLIMIT = 10\nDEPTH = int(os.environ.get('DEPTH', '3'))\nSTEP = 2\nSPARE = 1\n"
    "SETTINGS = {'width': 8}\nSETTINGS['height'] = 9\n",
    "shop/base.py": "class Shared:\n    def offset(self, x):\n        return x + 31\n\n    def spare(self):\n        return 1\n",
    "shop/quiet.py": "class Quiet:\n    def rate(self):\n        return 91\n",
    "shop/deco.py": """\
import functools


def checked(function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        return function(*args, **kwargs)

    return call



def twice(function):
    @functools.wraps(function)
    def call(x):
        return function(x) * 2

    return call


def traced(name):
    def around(function):
        @functools.wraps(function)
        def call(x):
            return function(x)

        return call

    return around
""",
    "shop/late.py": "def lately(x):\n    return x + 41\n\n\ndef nobody(x):\n    return x\n",
    "shop/stars.py": "def starred(x):\n    return x + 51\n",
}

NONE: frozenset[str] = frozenset()
CLEAN = frozenset({"clean"})
OTHER = frozenset({"other"})
BOTH = CLEAN | OTHER

EDITS: dict[str, tuple[str, str, str, frozenset[str]]] = {
    # what the step does
    "step body": ("flow", "value = x + 1", "value = x + 2", OTHER),
    "step operator": ("flow", "total = norm(x) * SCALE", "total = norm(x) + SCALE", CLEAN),
    "step default": ("flow", "def clean(self, x: int = 7)", "def clean(self, x: int = 8)", CLEAN),
    "step order of statements": (
        "flow",
        "        total += Mode.FAST.value + len(WORDS) + (lambda z: z + 3)(x)\n        MEMO[x] = total\n",
        "        MEMO[x] = total\n        total += Mode.FAST.value + len(WORDS) + (lambda z: z + 3)(x)\n",
        CLEAN,
    ),
    "nested function": ("flow", "return features.deep(y) + k", "return features.deep(y) - k", CLEAN),
    "lambda": ("flow", "lambda z: z + 3", "lambda z: z + 4", CLEAN),
    "constant in the step": ("flow", "len(HERE[:0])", "len(HERE[:1])", CLEAN),
    # what it calls
    "helper": ("features", "return helper(x) - low", "return helper(x) + low", CLEAN),
    "helper of a helper": ("features", "math.floor(x) + 1", "math.floor(x) + 2", CLEAN),
    "helper by attribute of a module": ("features", "return x + 11", "return x + 12", CLEAN),
    "default of a helper": ("features", "low=0", "low=1", CLEAN),
    "function of a table": ("features", "return x + 21", "return x + 29", CLEAN),
    "table": ("flow", '"a": features.first', '"a": features.second', CLEAN),
    "closure": ("features", "return x + n", "return x - n", CLEAN),
    "value in a closure": ("flow", "features.make_adder(3)", "features.make_adder(4)", CLEAN),
    "partial": ("flow", "by=2", "by=3", CLEAN),
    "function of a partial": ("features", "return x // by", "return x / by", CLEAN),
    "registered function": ("flow", "return x + 1\n\n\n@lru", "return x + 2\n\n\n@lru", CLEAN),
    "cached function": ("flow", "return x + 100", "return x + 101", CLEAN),
    "function behind a star": ("stars", "return x + 51", "return x + 52", CLEAN),
    "function imported in the step": ("late", "return x + 41", "return x + 42", CLEAN),
    "decorated function": ("flow", "return x - 1", "return x - 2", CLEAN),
    "decorator": ("deco", "return function(x) * 2", "return function(x) * 3", CLEAN),
    "decorator with arguments": (
        "deco",
        "            return function(x)\n",
        "            return function(x) or 0\n",
        CLEAN,
    ),
    "argument of a decorator": ("flow", '@traced("clean")', '@traced("wash")', CLEAN),
    "decorator taken away": ("flow", "@twice\n", "", CLEAN),
    # values
    "constant": ("flow", "SCALE = 2", "SCALE = 3", CLEAN),
    "constant of another module": ("config", "LIMIT = 10", "LIMIT = 11", CLEAN),
    "constant by attribute": ("config", "'3'", "'4'", CLEAN),
    "constant in a default": ("config", "STEP = 2", "STEP = 3", CLEAN),
    "list": ("flow", "RATES = [0.5, 0.25]", "RATES = [0.5, 0.2]", CLEAN),
    "set": ("flow", '{"b", "a", "c"}', '{"b", "a", "d"}', CLEAN),
    "dict filled later": ("config", "SETTINGS['height'] = 9", "SETTINGS['width'] = 9", CLEAN),
    "int for float": ("config", "LIMIT = 10", "LIMIT = 10.0", CLEAN),
    "enum": ("flow", "FAST = 1", "FAST = 3", CLEAN),
    # classes
    "class constant": ("flow", "size = 4", "size = 6", CLEAN),
    "method": ("flow", "return self.scale(x) * self.size", "return self.scale(x) + self.size", CLEAN),
    "base class": ("features", "return x * self.unit", "return x + self.unit", CLEAN),
    "base of a base": ("features", "unit = 1", "unit = 2", CLEAN),
    # the workflow class
    "attribute of the workflow": ("flow", "factor = 5", "factor = 6", CLEAN),
    "attribute made of a constant": ("flow", "ratio = SCALE * 3", "ratio = SCALE * 4", CLEAN),
    "method of the workflow": ("flow", "return super().offset(x) + 1", "return super().offset(x) + 2", CLEAN),
    "method of a mixin, by super": ("base", "return x + 31", "return x + 32", CLEAN),
    # the whole module
    "set-up of a package": ("flow", 'np.seterr(all="ignore")', 'np.seterr(all="raise")', BOTH),
    "method behind a plain decorator": ("flow", "self.double(61)", "self.double(62)", OTHER),
    "static method of the workflow": ("flow", "return x * 2", "return x * 3", OTHER),
    "method of a class in an annotation": ("flow", "return 71", "return 72", OTHER),
    "class of an import for type checkers": ("quiet", "return 91", "return 92", OTHER),
    "function of a dispatcher": ("flow", "return 82", "return 83", OTHER),
    "function that an object of a package hides": ("flow", "return x + 83", "return x + 84", OTHER),
    "decorator of a step": ("deco", "return function(*args, **kwargs)", "return function(*args)", OTHER),
    # what changes nothing
    "option of a step": ("flow", "@step(retries=1)", "@step(retries=2)", NONE),
    "comment": ("flow", "# the first comment", "# another comment", NONE),
    "comment in a helper": ("features", "def helper(x):\n", "def helper(x):  # noqa\n    # why\n", NONE),
    "docstring of the step": ("flow", '"""Clean one number."""', '"""Tidy up."""', NONE),
    "docstring of the module": ("flow", '"""A flow over several modules."""', "", NONE),
    "docstring of a helper": ("features", "def helper(x):\n", 'def helper(x):\n    """Help."""\n', NONE),
    "blank lines": ("flow", "SCALE = 2\n", "\n\n\nSCALE = 2\n\n", NONE),
    "layout": (
        "flow",
        "total = norm(x) * SCALE + LIMIT",
        "total = (\n            norm(x) * SCALE\n            + LIMIT\n        )",
        NONE,
    ),
    "quotes": ("flow", 'SETTINGS["width"]', "SETTINGS['width']", NONE),
    "pass": ("features", "def helper(x):\n", "def helper(x):\n    pass\n", NONE),
    "annotation of a helper": (
        "features",
        "def deeper(x: int) -> int:",
        "def deeper(x: float) -> float:",
        NONE,
    ),
    "unused constant": ("flow", "UNUSED = 1", "UNUSED = 2", NONE),
    "unused constant elsewhere": ("config", "SPARE = 1", "SPARE = 2", NONE),
    "unused function": ("flow", "def unused(x):\n    return x", "def unused(x):\n    return -x", NONE),
    "unused helper": ("features", "def nobody(x):\n    return x", "def nobody(x):\n    return -x", NONE),
    "unused helper beside a late one": (
        "late",
        "def nobody(x):\n    return x",
        "def nobody(x):\n    return -x",
        NONE,
    ),
    "unused method": (
        "flow",
        "def spare(self, x):\n        return x",
        "def spare(self, x):\n        return -x",
        NONE,
    ),
    "unused method of a mixin": ("base", "return 1", "return 2", NONE),
    "graph": ("flow", "def graph(self, x: int = 1)", "def graph(self, x: int = 2)", NONE),
    "new function": ("features", "import math\n", "import math\n\n\ndef brand_new():\n    return 1\n", NONE),
    "import of Python's own": ("features", "import math\n", "import math\nimport string\n", NONE),
    "order of a set": ("flow", '{"b", "a", "c"}', '{"c", "b", "a"}', CLEAN),
}

_COUNTER = iter(range(1_000_000))


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write a project's files and return its folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def imported(folder: Path, name: str) -> ModuleType:
    """Import a module of a project as a new process would."""
    top = name.partition(".")[0]
    for known in [key for key in sys.modules if key == top or key.startswith(f"{top}.")]:
        del sys.modules[known]
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def digests(
    folder: Path, files: dict[str, str], name: str = "shop.flow", cls: str = "Flow"
) -> dict[str, str]:
    """Return the fingerprint of every step of a project."""
    module = imported(written(folder / str(next(_COUNTER)), files), name)
    owner = vars(module)[cls]
    return {key: fingerprint(item, owner) for key, item in steps_of(owner).items()}


def edited(file: str, old: str, new: str) -> dict[str, str]:
    """Return the project with one text replaced."""
    path = f"shop/{file}.py"
    assert FILES[path].count(old) == 1, f"{old!r} stands {FILES[path].count(old)} times in {path}"
    return {**FILES, path: FILES[path].replace(old, new)}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The fingerprints of the project as it is."""
    yield digests(tmp_path_factory.mktemp("before"), FILES)
    for known in [key for key in sys.modules if key.partition(".")[0] == "shop"]:
        del sys.modules[known]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_changes_the_steps_that_use_it(edit: str, before: dict[str, str], tmp_path: Path) -> None:
    """Each kind of edit changes exactly the steps whose meaning it may change."""
    file, old, new, expected = EDITS[edit]

    after = digests(tmp_path, edited(file, old, new))

    assert expected == {name for name in before if before[name] != after[name]}


def test_an_unedited_project_elsewhere_has_the_same_digests(before: dict[str, str], tmp_path: Path) -> None:
    """Neither the folder nor the times of files nor the files written beside them count."""
    assert before == digests(tmp_path, {**FILES, "shop/notes.txt": "x", "shop/unrelated.py": "X = 1"})


@pytest.mark.parametrize("seed", ["0", "1", "12345"])
def test_processes_agree(seed: str, before: dict[str, str], tmp_path: Path) -> None:
    """Another process with another hash seed, another working folder and home says the same."""
    folder = written(tmp_path / "copy", FILES)
    code = (
        "import json\nfrom shop.flow import Flow\nfrom axl.dsl.describe import steps_of\n"
        "from axl.runtime.code.fingerprint import fingerprint\n"
        "print(json.dumps({k: fingerprint(v, Flow) for k, v in steps_of(Flow).items()}))"
    )
    env = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(folder), "HOME": "/", "PATH": "/usr/bin:/bin"}

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd="/", check=True
    )

    assert before == json.loads(done.stdout)


def test_a_value_of_the_environment_counts(
    before: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A constant that is computed while importing counts by what it is."""
    monkeypatch.setenv("DEPTH", "9")

    after = digests(tmp_path, FILES)

    assert CLEAN == {name for name in before if before[name] != after[name]}


def test_the_version_of_a_package_counts(
    before: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step of a module that imports a package depends on its version."""
    monkeypatch.setattr(packages.importlib.metadata, "version", lambda name: "0.0.0")
    packages.version_of.cache_clear()

    after = digests(tmp_path, FILES)

    packages.version_of.cache_clear()
    assert BOTH == {name for name in before if before[name] != after[name]}


def test_what_a_call_leaves_behind_is_gone_with_its_process(tmp_path: Path) -> None:
    """A memo that a step filled here counts as a value, as a registry must; elsewhere nothing has changed."""
    folder = written(tmp_path, FILES)
    module = imported(folder, "shop.flow")
    first = fingerprint(module.Flow.clean, module.Flow)
    module.Flow().clean(5)

    again = imported(folder, "shop.flow")

    assert first == fingerprint(again.Flow.clean, again.Flow)


def test_parts_say_what_counts_and_where(tmp_path: Path) -> None:
    """Each part has a name, a digest and the author's line."""
    module = imported(written(tmp_path, FILES), "shop.flow")

    parts = {part.name: part.where for part in fingerprint_parts(module.Flow.clean, module.Flow)}

    assert parts["shop.features:helper"].endswith("features.py:8")
    assert {
        "package numpy",
        "shop.flow:Flow.clean",
        "shop.flow:SCALE",
        "shop.base:Shared.offset",
    } <= parts.keys()
    assert not [name for name in parts if "nobody" in name or "unused" in name.lower() or "pytest" in name]


def test_a_file_edited_after_its_import_counts_as_what_is_loaded(tmp_path: Path) -> None:
    """Code that is not loaded yet does not give its name to results of code that is."""
    folder = written(tmp_path, FILES)
    module = imported(folder, "shop.flow")
    first = fingerprint(module.Flow.other, module.Flow)
    written(folder, edited("flow", "value = x + 1", "value = x + 1000"))

    stale = fingerprint(module.Flow.other, module.Flow)

    fresh = imported(folder, "shop.flow")
    assert len({first, stale, fingerprint(fresh.Flow.other, fresh.Flow)}) == 3


def test_a_comment_written_after_the_import_changes_nothing(tmp_path: Path) -> None:
    """Lines may move under loaded code."""
    folder = written(tmp_path, FILES)
    module = imported(folder, "shop.flow")
    first = fingerprint(module.Flow.other, module.Flow)
    written(folder, edited("flow", "UNUSED = 1", "# a comment\n\nUNUSED = 1"))

    assert first == fingerprint(module.Flow.other, module.Flow)


def test_a_replaced_function_counts(tmp_path: Path) -> None:
    """What counts is what a name is now, not what the file says of it."""
    module = imported(written(tmp_path, FILES), "shop.flow")
    first = fingerprint(module.Flow.clean, module.Flow)

    sys.modules["shop.features"].helper = lambda x: x  # type: ignore[attr-defined]  # as a mock would

    assert first != fingerprint(module.Flow.clean, module.Flow)


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


def test_a_class_made_without_source(tmp_path: Path) -> None:
    """A class that no statement spells out counts by its members."""
    text = (
        "from axl import Workflow, step\n\ndef body(self):\n    return 1\n\nMade = type('Made', (), {'run': body, 'n': 1})\n"
        "class Flow(Workflow):\n    @step\n    def go(self) -> int:\n        return Made().run() + Made.n\n"
    )

    versions = [text, text.replace("return 1", "return 2"), text.replace("'n': 1", "'n': 2")]

    assert 3 == len({digests(tmp_path, {"flows.py": item}, "flows")["go"] for item in versions})


def test_code_without_source(tmp_path: Path) -> None:
    """Where there is no source the bytecode counts, and what it uses."""
    text = (
        "from axl import Workflow, step\nN = 1\n\ndef help(x):\n    return x + N\n\nclass Flow(Workflow):\n    @step\n"
        "    def go(self) -> int:\n        return help(1) + self.more()\n\n    def more(self):\n        return 1\n"
    )

    def digest(source: str) -> str:
        module = ModuleType("sourceless")
        sys.modules["sourceless"] = module
        exec(compile(source, "<nowhere>", "exec"), vars(module))  # noqa: S102 (code without a file is the case)
        return fingerprint(module.Flow.go, module.Flow)

    edits = [
        text,
        text.replace("N = 1", "N = 2"),
        text.replace("x + N", "x - N"),
        text.replace("return 1", "return 2"),
    ]
    result = [digest(item) for item in [*edits, text.replace("def help", "# why\ndef help")]]
    del sys.modules["sourceless"]

    assert len(set(result[:4])) == 4
    assert result[0] == result[4]


@pytest.mark.parametrize(
    "used", ["eval('1')", "exec('')", "globals()['x']", "importlib.import_module('json')", "__import__('os')"]
)
def test_code_that_only_running_can_name_is_refused(used: str, tmp_path: Path) -> None:
    """A step that loads code by text has no fingerprint, and the message names the place and the way out."""
    text = f"import importlib\nfrom axl import Workflow, step\nclass Flow(Workflow):\n    @step\n    def go(self) -> int:\n        return help()\n\ndef help():\n    return {used}\n"

    with pytest.raises(FingerprintError, match="cannot be followed") as caught:
        digests(tmp_path, {"flows.py": text}, "flows")

    assert caught.value.where is not None
    assert "flows.py" in caught.value.where.file
    assert "cache" in caught.value.hint


def test_a_closure_over_an_opaque_object_is_refused(tmp_path: Path) -> None:
    """An object that cannot be taken apart, and that no statement makes, has no digest."""
    text = (
        "import sqlite3\nfrom axl import Workflow, step\n\ndef make():\n    base = sqlite3.connect(':memory:')\n    def use():\n"
        "        return base.total_changes\n    return use\n\nuse = make()\nclass Flow(Workflow):\n    @step\n"
        "    def go(self) -> int:\n        return use()\n"
    )

    with pytest.raises(FingerprintError, match="closure base holds a sqlite3"):
        digests(tmp_path, {"flows.py": text}, "flows")


def test_a_late_import_that_fails_is_refused(tmp_path: Path) -> None:
    """A module of the project that cannot be imported cannot be read."""
    files = {
        "pack/__init__.py": "",
        "pack/flow.py": "from axl import Workflow, step\nclass Flow(Workflow):\n    @step\n    def go(self) -> int:\n"
        "        from .broken import f\n        return f()\n",
        "pack/broken.py": "raise RuntimeError('no')\n",
    }

    with pytest.raises(FingerprintError, match="RuntimeError: no"):
        digests(tmp_path, files, "pack.flow")


@pytest.mark.parametrize("value", [5, "x", None, len, object()])
def test_what_is_no_step(value: Any) -> None:
    """Only functions have code to follow."""
    with pytest.raises(FingerprintError, match="is not a step"):
        fingerprint(value)


def test_long_chains_of_calls(tmp_path: Path) -> None:
    """A chain of a thousand functions and one of a thousand values do not reach the limit of recursion."""
    calls = "".join(f"def f{i}(x):\n    return f{i + 1}(x)\n" for i in range(1000))
    values = "V0 = 1\n" + "".join(f"V{i + 1} = V{i} + 1\n" for i in range(1000))
    step = "class Flow(Workflow):\n    @step\n    def go(self) -> int:\n        return f0(1)\n"
    text = f"from axl import Workflow, step\n{calls}{values}def f1000(x):\n    return V1000\n{step}"

    one = digests(tmp_path, {"flows.py": text}, "flows")
    two = digests(tmp_path, {"flows.py": text.replace("V0 = 1", "V0 = 2")}, "flows")

    assert one != two


def test_a_class_inside_a_function_has_to_be_given(tmp_path: Path) -> None:
    """What `self.x` means is never guessed."""
    text = (
        "from axl import Workflow, step\ndef make():\n    class Flow(Workflow):\n        @step\n        def go(self) -> int:\n"
        "            return self.more()\n        def more(self):\n            return 1\n    return Flow\nFlow = make()\n"
    )
    flow = imported(written(tmp_path, {"flows.py": text}), "flows").Flow

    with pytest.raises(FingerprintError, match="is not given"):
        fingerprint(flow.go)

    assert any("Flow.more" in part.name for part in fingerprint_parts(flow.go, flow))


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


def test_a_script_has_the_names_of_its_module(tmp_path: Path) -> None:
    """A file run as a script and the same file imported are one code."""
    text = (
        "from axl import Workflow, step\nfrom axl.runtime.code.fingerprint import fingerprint\n\ndef help():\n    return 1\n\n"
        "class Flow(Workflow):\n    @step\n    def go(self) -> int:\n        return help()\n\n"
        "if __name__ == '__main__':\n    print(fingerprint(Flow.go, Flow))\n"
    )
    written(tmp_path, {"script.py": text})

    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")], capture_output=True, text=True, check=True, cwd="/"
    )

    assert done.stdout.strip() == digests(tmp_path, {"script.py": text}, "script")["go"]


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
