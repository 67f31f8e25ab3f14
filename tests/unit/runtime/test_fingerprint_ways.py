"""The ways in which Python code can depend on something: an edit of what is reached by any of them counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.runtime.projects import edited_file, flow, one_step

N = ("x*2", "x*3")
TWO = "def f(x): return x + 1\ndef g(x): return x * 3\n"
SAME = "def f(x): return x + 1\n", "def f(x): return x * 3\n"

# What is in `flow.py` (the body of the step, what stands before it) and `m.py`, and the edit of one of them.
WAYS: dict[str, tuple[str, str, str, tuple[str, str, str]]] = {
    # by text
    "getattr of a module": ("return getattr(m, 'f')(x)", "import m\n", "def f(x): return x*2\n", ("m.py", *N)),
    "vars of a module": ("return vars(m)['f'](x)", "import m\n", "def f(x): return x*2\n", ("m.py", *N)),
    "dict of a module": ("return m.__dict__['f'](x)", "import m\n", "def f(x): return x*2\n", ("m.py", *N)),
    "names of a module": ("return dir(m)[-1]", "import m\n", "def x2(): ...\n", ("m.py", "x2", "x3")),
    "attrgetter of a module": (
        "import operator\nreturn operator.attrgetter('f')(m)(x)",
        "import m\n",
        "def f(x): return x*2\n",
        ("m.py", *N),
    ),
    "getattr of a class": ("return getattr(m.H, 'h' + '1')", "import m\n", "class H: h1 = 2\n", ("m.py", "2", "3")),
    "methodcaller": (
        "import operator\nreturn operator.methodcaller('h', x)(m.H())",
        "import m\n",
        "class H:\n    def h(self, x): return x*2\n",
        ("m.py", *N),
    ),
    # modules
    "getattr of a module's own": (
        "return m.f(x)",
        "import m\n",
        "def __getattr__(name):\n    if name != 'f': raise AttributeError(name)\n    return lambda x: x*2\n",
        ("m.py", *N),
    ),
    "constant that a module makes when asked": (
        "return m.K",
        "import m\n",
        "def __getattr__(name):\n    if name != 'K': raise AttributeError(name)\n    return 2\n",
        ("m.py", "return 2", "return 3"),
    ),
    "star": ("return f(x)", "from m import *\n", "def f(x): return x*2\n", ("m.py", *N)),
    "names put into a module": ("return m.f(x)", "import m\n", "globals().update(f=lambda x: x*2)\n", ("m.py", *N)),
    "module that runs a text": ("return m.f(x)", "import m\n", "exec('def f(x): return x*2')\n", ("m.py", *N)),
    "first of two imports": (
        "return K",
        "try:\n    from m import K\nexcept ImportError:\n    from math import pi as K\n",
        "K = 2\n",
        ("m.py", "2", "3"),
    ),
    "name defined again": (
        "return f(x)",
        "def f(x): return x*2\ng = f\ndef f(x): return g(x) + 1\n",
        "",
        ("flow.py", *N),
    ),
    # which name means which thing
    "functions by each other's names": ("return a(x) - b(x)", "from m import f as a, g as b\n", TWO, ("flow.py", "f as a, g as b", "g as a, f as b")),
    "the same in the step": ("from m import f as a, g as b\nreturn a(x) - b(x)", "", TWO, ("flow.py", "f as a, g as b", "g as a, f as b")),
    "constants by each other's names": (
        "return a - b",
        "from m import A as a, B as b\n",
        "A = 1\nB = 2\n",
        ("flow.py", "A as a, B as b", "B as a, A as b"),
    ),
    "classes by each other's names": (
        "return a.k - b.k",
        "from m import A as a, B as b\n",
        "class A: k = 1\nclass B: k = 2\n",
        ("flow.py", "A as a, B as b", "B as a, A as b"),
    ),
    "function of Python": ("return f(x / 2)", "from math import floor as f\n", "", ("flow.py", "floor", "ceil")),
    "module of Python": ("return str(m.sqrt(x))", "import math as m\n", "", ("flow.py", "math as m", "cmath as m")),
    "module of Python in the step": ("import math as m\nreturn str(m.sqrt(x))", "", "", ("flow.py", "math as m", "cmath as m")),
    "function of a package": ("return float(f(x / 2))", "from numpy import floor as f\n", "", ("flow.py", "floor", "ceil")),
    "type behind a name": ("return T(2.5)", "from m import T\n", "T = int\n", ("m.py", "int", "float")),
    # classes
    "metaclass": (
        "return H.k",
        "from m import H\n",
        "class M(type):\n    @property\n    def k(cls): return 2\nclass H(metaclass=M): pass\n",
        ("m.py", "return 2", "return 3"),
    ),
    "argument of a class": (
        "return H.k",
        "from m import H\n",
        "class B:\n    def __init_subclass__(cls, k): cls.k = k\nclass H(B, k=2): pass\n",
        ("m.py", "k=2", "k=3"),
    ),
    "descriptor": (
        "return H().k",
        "from m import H\n",
        ("class D:\n    def __set_name__(self, owner, name): self.name = name\n    def __get__(self, *_): return self.name * 2\n"
        "class H: k = D()\n"),
        ("m.py", "* 2", "* 3"),
    ),
    "setter": (
        "h = H()\nh.k = x\nreturn h.v",
        "from m import H\n",
        "class H:\n    @property\n    def k(self): ...\n    @k.setter\n    def k(self, x): self.v = x*2\n",
        ("m.py", *N),
    ),
    "cached property": (
        "return H().k",
        "from m import H\n",
        "import functools\nclass H:\n    @functools.cached_property\n    def k(self): return 2\n",
        ("m.py", "return 2", "return 3"),
    ),
    "alias of a generic class": (
        "return A(x).f(x)",
        "from m import A\n",
        ("from typing import Generic, TypeVar\nT = TypeVar('T')\nclass H(Generic[T]):\n    def __init__(self, x): ...\n"
        "    def f(self, x): return x*2\nA = H[int]\n"),
        ("m.py", *N),
    ),
    "class in square brackets": (
        "return H[x]",
        "from m import H\n",
        "class H:\n    def __class_getitem__(cls, x): return x*2\n",
        ("m.py", *N),
    ),
    "factory of a field": (
        "return D().v",
        "from m import D\n",
        ("from dataclasses import dataclass, field\ndef made(x=1): return x*2\n@dataclass\nclass D:\n"
        "    v: int = field(default_factory=made)\n"),
        ("m.py", *N),
    ),
    "validator": (
        "return D(v=x).v",
        "from m import D\n",
        ("from pydantic import BaseModel, field_validator\nclass D(BaseModel):\n    v: int\n    @field_validator('v')\n"
        "    @classmethod\n    def check(cls, x): return x*2\n"),
        ("m.py", *N),
    ),
    "validator in an annotation": (
        "return D(v=x).v",
        "from m import D\n",
        ("from typing import Annotated\nfrom pydantic import AfterValidator, BaseModel\ndef check(x): return x*2\n"
        "V = Annotated[int, AfterValidator(check)]\nclass D(BaseModel):\n    v: V\n"),
        ("m.py", *N),
    ),
    "what an enum makes of a wrong value": (
        "return E(9).value",
        "from m import E\n",
        "from enum import Enum\nclass E(Enum):\n    A = 1\n    B = 2\n    @classmethod\n    def _missing_(cls, value): return cls.A\n",
        ("m.py", "cls.A", "cls.B"),
    ),
    "class registered with an abstract one": (
        "return isinstance(x, B)",
        "from m import B\n",
        "from abc import ABC\nclass B(ABC): pass\nB.register(int)\n",
        ("m.py", "int", "str"),
    ),
    "decorator of a class": (
        "return H._k",
        "from m import H\n",
        "def put(cls):\n    cls._k = 2\n    return cls\n@put\nclass H: pass\n",
        ("m.py", "= 2", "= 3"),
    ),
    # functions
    "attribute of a function": ("return f.k", "from m import f\n", "def f(): ...\nf.k = 2\n", ("m.py", "= 2", "= 3")),
    "defaults put in later": ("return f()", "from m import f\n", "def f(k=1): return k\nf.__defaults__ = (2,)\n", ("m.py", "2,", "3,")),
    "code put in later": (
        "return f(x)",
        "from m import f\n",
        "def f(x): ...\ndef g(x): return x*2\nf.__code__ = g.__code__\n",
        ("m.py", *N),
    ),
    "second of two lambdas in a line": ("return T[1](x)", "from m import T\n", "T = {}; T[0] = lambda x: 1; T[1] = lambda x: x*2\n", ("m.py", *N)),
    "coroutine": ("import asyncio\nreturn asyncio.run(f(x))", "from m import f\n", "async def f(x): return x*2\n", ("m.py", *N)),
    "target of a thread": (
        "import threading\nout = []\nt = threading.Thread(target=f, args=(x, out))\nt.start()\nt.join()\nreturn out",
        "from m import f\n",
        "def f(x, out): out.append(x*2)\n",
        ("m.py", *N),
    ),
    "context": (
        "with f(x) as k:\n    return k",
        "from m import f\n",
        "import contextlib\n@contextlib.contextmanager\ndef f(x): yield x*2\n",
        ("m.py", *N),
    ),
    "function hidden by a package": ("return int(f(x))", "from m import f\n", "import numpy as np\nf = np.vectorize(lambda x: x*2)\n", ("m.py", *N)),
    "type that a dispatcher knows": (
        "return f(x), f('')",
        "from m import f\n",
        "import functools\n@functools.singledispatch\ndef f(x): ...\nf.register(int, lambda x: 2)\nf.register(str, lambda x: 3)\n",
        ("m.py", "int, lambda x: 2)\nf.register(str", "str, lambda x: 2)\nf.register(int"),
    ),
    # documentation and annotations that are read
    "documentation": ("return f.__doc__", "from m import f\n", "def f():\n    'two'\n", ("m.py", "two", "three")),
    "documentation of a module": ("return m.__doc__", "import m\n", "'two'\n", ("m.py", "two", "three")),
    "documentation by text": ("return getattr(f, '__doc__')", "from m import f\n", "def f():\n    'two'\n", ("m.py", "two", "three")),
    "documentation of a class": ("import inspect\nreturn inspect.getdoc(H)", "from m import H\n", "class H:\n    'two'\n", ("m.py", "two", "three")),
    "documentation of a command line": ("return m.P.description", "import m\n", "'two'\nimport argparse\nP = argparse.ArgumentParser(description=__doc__)\n", ("m.py", "two", "three")),
    "annotations": ("return str(f.__annotations__)", "from m import f\n", "def f(a: int): ...\n", ("m.py", "int", "str")),
    "hints": ("import typing\nreturn str(typing.get_type_hints(f))", "from m import f\n", "def f(a: int): ...\n", ("m.py", "int", "str")),
    "annotations of a function that a package gets": (
        "return f(str(x))",
        "from m import f\n",
        "import pydantic\ndef plain(a: int): return a\nf = pydantic.validate_call(plain)\n",
        ("m.py", "a: int", "a: str"),
    ),
    "name of a module": ("return f()", "from m import f\n", "def f(): return __name__ + '2'\n", ("m.py", "2", "3")),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_reached_counts(way: str, tmp_path: Path) -> None:
    """The edit gives another result, and another fingerprint."""
    body, head, module, edit = WAYS[way]
    files = {"flow.py": flow(body, head), "m.py": module}

    digest, result = one_step(tmp_path, files)
    other_digest, other_result = one_step(tmp_path, edited_file(files, *edit))

    assert (True, True) == (result != other_result, digest != other_digest)


@pytest.mark.parametrize(
    ("body", "members", "edit"),
    [
        ("return self.__k", "    __k = 2\n", ("= 2", "= 3")),
        ("return type(self).k", "    k = 2\n", ("= 2", "= 3")),
        ("return self.__class__.k", "    k = 2\n", ("= 2", "= 3")),
        ("me = self\nreturn me.h(x)", "    def h(self, x): return x*2\n", N),
        ("return getattr(self, 'h')(x)", "    def h(self, x): return x*2\n", N),
        ("return self.k", "    @property\n    def k(self): return 2\n", ("return 2", "return 3")),
        ("return self.h(x)", "    def h(self, x, k=len('ab')): return x * k\n", ("'ab'", "'abc'")),
        ("return self.h(x)", "    h = staticmethod(lambda x: x*2)\n", N),
        (
            "return F.h(x)",
            "    @classmethod\n    def h(cls, x): return x * cls.k\n    k = 2\n",
            ("= 2", "= 3"),
        ),
        ("return self.h.__doc__", "    def h(self):\n        'two'\n", ("two", "three")),
    ],
)
def test_whatever_self_reaches_counts(body: str, members: str, edit: tuple[str, str], tmp_path: Path) -> None:
    """What the workflow class holds counts, by whatever name and in whatever way the step takes it."""
    files = {"flow.py": flow(body, members=members)}

    digest, result = one_step(tmp_path, files)
    other_digest, other_result = one_step(tmp_path, edited_file(files, "flow.py", *edit))

    assert (True, True) == (result != other_result, digest != other_digest)


def test_two_modules_in_each_others_place_count(tmp_path: Path) -> None:
    """Modules have numbers instead of names, in the order in which the step comes to them."""
    text = flow("return a.f(x) - b.f(x) * 10", "import a, b\n")

    digest, result = one_step(tmp_path, {"flow.py": text, "a.py": SAME[0], "b.py": SAME[1]})
    other_digest, other_result = one_step(tmp_path, {"flow.py": text, "a.py": SAME[1], "b.py": SAME[0]})

    assert (True, True) == (result != other_result, digest != other_digest)


def test_two_steps_that_use_each_other_differ(tmp_path: Path) -> None:
    """The same parts are not the same code: where it begins counts."""
    members = "    @step\n    def b(self, x: int = 1) -> object:\n        return self.a.function(self, x)\n"
    swapped = members.replace("def b", "def a").replace("self.a", "self.b")
    text = flow("return self.b.function(self, x) if x < 0 else 1", members=members)

    one, _ = one_step(tmp_path, {"flow.py": text})
    two, _ = one_step(
        tmp_path, {"flow.py": text.replace("def a", "def c").replace(members, swapped)}, runs=False
    )

    assert one != two


def test_a_class_or_a_value_that_may_be_in_a_result_counts_with_its_module(tmp_path: Path) -> None:
    """A pickled object names its class by its module, and a result that is found must be readable."""
    kept = {"flow.py": flow("return H()", "from m import H\n"), "m.py": "class H: ...\n"}
    moved = {"flow.py": flow("return H()", "from n import H\n"), "n.py": "class H: ...\n"}

    one, _ = one_step(tmp_path, kept)
    two, _ = one_step(tmp_path, moved)

    assert one != two
