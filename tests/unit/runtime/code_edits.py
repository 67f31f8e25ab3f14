"""The kinds of edits: a project over several modules, and what each edit of it does to its two steps."""

from __future__ import annotations

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
    "which function a name imports": ("flow", "normalize as norm", "helper as norm", CLEAN),
    "which of two functions has which name": (
        "flow",
        'TABLE = {"a": features.first',
        'TABLE = {"a": features.deep',
        CLEAN,
    ),
    "value of a default": ("features", "def divide(x, by):", "def divide(x, by=2):", CLEAN),
    "attribute of a function": ("features", "class Root:", "helper.unit = 2\n\n\nclass Root:", CLEAN),
    "method put into a package's class": (
        "config",
        "import os\n",
        "import os\nimport string\nstring.Template.shop = len\n",
        BOTH,
    ),
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
    "order of imports": ("flow", "import json\nimport os\n", "import os\nimport json\n", NONE),
    "annotation of a variable": ("flow", "value = x + 1", "value: int = x + 1", NONE),
    "annotation of a constant": ("config", "LIMIT = 10", "LIMIT: int = 10", NONE),
    "set-up of logging": (
        "features",
        "import math\n",
        "import logging\nimport math\n\nlogging.basicConfig()\nlog = logging.getLogger(__name__)\n",
        NONE,
    ),
    "order of a set": ("flow", '{"b", "a", "c"}', '{"c", "b", "a"}', CLEAN),
}


# What changes nothing, and counts all the same.
KNOWN_MISSES: dict[str, tuple[str, str, str]] = {
    "name of a variable": (
        "features",
        "def deeper(x: int) -> int:\n    return x + 11",
        "def deeper(y: int) -> int:\n    return y + 11",
    ),
    "a constant worked out": ("config", "LIMIT = 10", "LIMIT = 5 + 5"),
}


def edited(file: str, old: str, new: str) -> dict[str, str]:
    """Return the project with one text replaced."""
    path = f"shop/{file}.py"
    assert FILES[path].count(old) == 1, f"{old!r} stands {FILES[path].count(old)} times in {path}"
    return {**FILES, path: FILES[path].replace(old, new)}
