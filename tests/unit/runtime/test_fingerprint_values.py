"""Objects that a step reads count by what they hold, whatever library they come from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from axl.runtime.code.fingerprint import FingerprintError
from tests.unit.runtime.projects import flow, one_step, written

K = "int(os.environ['K'])"
HEAD = f"""\
import array, collections, configparser, contextvars, datetime, decimal, enum, fractions, functools, io, operator, os
import pathlib, queue, random, re, string, threading, types, typing
import numpy as np
import pandas as pd
import pydantic

K = {K}

class Own:
    def __init__(self, k): self._k = k
    def run(self, x): return x * self._k

class Slots:
    __slots__ = ("__k",)
    def __init__(self, k): self.__k = k
    def run(self, x): return x * self.__k

class Sequence(collections.deque): pass
class Table(dict): pass
class Number(int): pass
class Wrong(Exception): pass
class Frame(pd.DataFrame): pass
class Settings(pydantic.BaseModel):
    k: int = K
    _p: int = pydantic.PrivateAttr(K)
class Secret:
    def __init__(self, k): self.k = k
    def __reduce__(self): return (Secret, (0,))

def table(k):
    made = Table()
    made.k = k
    return made

def times(k):
    def call(x): return x * k
    return call
"""
HELD = """\
class Held:
    def __init__(self):
        self.queue = queue.Queue()
        self.seen = types.SimpleNamespace(words={'b', 'a', 'c'})
"""
# The expression that makes a value, and what reads it.
VALUES = {
    "deque": ("collections.deque([K])", "V[0]"),
    "length of a deque": ("collections.deque([1, 2, 3], maxlen=K)", "len(V)"),
    "counter": ("collections.Counter(a=K)", "V['a']"),
    "ordered dict": ("collections.OrderedDict(a=K)", "V['a']"),
    "factory of a defaultdict": ("collections.defaultdict(functools.partial(int, K))", "V['a']"),
    "chain of maps": ("collections.ChainMap({'a': K})", "V['a']"),
    "view of a dict": ("{K: 1}.keys()", "list(V)"),
    "read-only dict": ("types.MappingProxyType({'a': K})", "V['a']"),
    "namespace": ("types.SimpleNamespace(k=K)", "V.k"),
    "namespace with a lock": ("types.SimpleNamespace(k=K, lock=threading.Lock())", "V.k"),
    "named tuple": ("collections.namedtuple('P', 'a')(K)", "V.a"),
    "data frame": ("pd.DataFrame({'k': [K]})", "int(V.k[0])"),
    "data frames in a dict": ("{'t': [pd.DataFrame({'k': [K]})]}", "int(V['t'][0].k[0])"),
    "series of texts": ("pd.Series([str(K)])", "V[0]"),
    "array": ("np.array([K])", "int(V[0])"),
    "array of objects": ("np.array([K, 'a'], dtype=object)", "V[0]"),
    "array of rows with objects": ("np.array([(K, 'a')], dtype=[('n', int), ('o', object)])", "V.tolist()"),
    "kind of a number": ("np.float64(K)", "float(V)"),
    "random numbers of numpy": ("np.random.default_rng(K)", "V.bit_generator.state"),
    "random numbers": ("random.Random(K)", "V.getstate()"),
    "regular expression": ("re.compile(str(K))", "V.pattern"),
    "flag": ("re.RegexFlag(K)", "int(V)"),
    "decimal": ("decimal.Decimal(K)", "V"),
    "fraction": ("fractions.Fraction(1, K)", "V"),
    "long number": ("10 ** 5000 + K", "V % 10"),
    "date": ("datetime.datetime(2020, 1, K)", "V.day"),
    "time stamp": ("pd.Timestamp(2020, 1, K)", "V.day"),
    "path": ("pathlib.Path(str(K))", "V.name"),
    "enum": ("enum.Enum('E', [('A', K)])", "V.A.value"),
    "member of an enum": ("enum.Enum('E', [('A', K)]).A", "V.value"),
    "exception": ("ValueError(K)", "V.args"),
    "template": ("string.Template(str(K))", "V.template"),
    "iterator": ("iter([K])", "V.__length_hint__(), V.__reduce__()"),
    "file in memory": ("io.BytesIO(bytes([K]))", "V.getvalue()"),
    "packed numbers": ("array.array('i', [K])", "V[0]"),
    "getter": ("operator.itemgetter(K)", "V([0, 1, 2, 3, 4])"),
    "partial": ("functools.partial(operator.mul, K)", "V(x)"),
    "names in a partial": ("functools.partial(dict, **{'ab'[K - 2]: 1})", "V()"),
    "method of a value": ("{'a': K}.get", "V('a')"),
    "method of an object": ("Own(K).run", "V(x)"),
    "method of a library's object": ("collections.Counter(a=K).most_common", "V()"),
    "closure": ("times(K)", "V(x)"),
    "cached closure": ("functools.lru_cache(times(K))", "V(x)"),
    "default of a lambda": ("lambda x, k=K: x * k", "V(x)"),
    "variable of a context": ("contextvars.ContextVar('V', default=K)", "V.get()"),
    "alias of a type": ("[list[int], list[str]][K - 2]", "str(V)"),
    "union of types": ("[int | str, int | float][K - 2]", "str(V)"),
    "object": ("Own(K)", "V.run(x)"),
    "object with slots": ("Slots(K)", "V.run(x)"),
    "object in a library's": ("collections.deque([Own(K)])", "V[0].run(x)"),
    "library's in an object": ("Own(collections.deque([K]))", "V._k[0]"),
    "kind of a deque": ("Sequence([K])", "V[0]"),
    "kind of a dict": ("Table(a=K)", "V['a']"),
    "attribute of a kind of a dict": ("table(K)", "V.k"),
    "kind of a number of the project": ("Number(K)", "int(V)"),
    "kind of an exception": ("Wrong(K)", "V.args"),
    "kind of a data frame": ("Frame({'k': [K]})", "int(V.k[0])"),
    "object that lies to pickle": ("Secret(K)", "V.k"),
    "model": ("Settings(k=K)", "V.k"),
    "private field of a model": ("Settings(k=1)", "V._p"),
    "default of a model": ("Settings", "V().k"),
}


def read(value: str, used: str) -> dict[str, str]:
    """Return a project whose step reads a value that the environment decides."""
    return {"flow.py": flow(f"return {used}", f"{HEAD}V = {value}\n")}


@pytest.mark.parametrize("kind", VALUES)
def test_what_an_object_holds_counts(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same statement gives another fingerprint where it makes another object, and only there."""
    made = []
    for number in ("2", "3", "2"):
        monkeypatch.setenv("K", number)
        made.append(one_step(tmp_path, read(*VALUES[kind])))

    (digest, result), (other_digest, other_result), (again, _) = made

    assert (True, True, True) == (result != other_result, digest != other_digest, digest == again)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ("(i for i in [K])", "a generator"),
        ("memoryview(bytes([K]))", "a memoryview"),
        ("open(__file__)", "a _io.TextIOWrapper"),
        ("types.SimpleNamespace(k=open(os.devnull))", "a _io.TextIOWrapper"),
    ],
)
def test_an_object_of_what_is_outside_is_refused(
    value: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be taken apart, and was made of files or the environment, has no digest."""
    monkeypatch.setenv("K", "2")

    with pytest.raises(FingerprintError, match=f"V holds {where}, which has no digest") as caught:
        one_step(tmp_path, read(value, "V"), runs=False)

    assert "@step(cache=False)" in caught.value.hint


def test_an_object_made_of_constants_counts_by_its_statement(tmp_path: Path) -> None:
    """A connection, a console or a pool cannot be taken apart, but its statement says all."""
    text = flow("return V.total_changes", "import sqlite3\nV = sqlite3.connect(':memory:', timeout=1)\n")

    one, _ = one_step(tmp_path, {"flow.py": text})
    two, _ = one_step(tmp_path, {"flow.py": text.replace("timeout=1", "timeout=2")})

    assert one != two


@pytest.mark.parametrize(
    ("head", "used"),
    [
        ("import os\nV = os.environ\n", "len(V) > 1"),
        ("import sys\nV = sys.stdout\n", "V.write('')"),
        ("import threading\nV = threading.Lock()\n", "V.locked()"),
        ("import logging\nV = logging.getLogger('a')\nV.setLevel(10)\n", "V.name"),
        ("from numpy import pi as V, random\n", "float(V)"),
        ("from sys import argv as V\n", "len(V)"),
        ("V = {'b', 'a', ('c', 'd')}\n", "sorted(map(str, V))"),
        ("import math, operator\nV = {math.floor, operator.add}\n", "len(V)"),
    ],
)
def test_what_has_nothing_in_it_does_not_count(
    head: str, used: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locks, loggers and streams hold no data; of the environment a step reads what it reads when it runs."""
    one, _ = one_step(tmp_path, {"flow.py": flow(f"return {used}", head)})
    monkeypatch.setenv("SOMETHING", "else")

    two, _ = one_step(tmp_path, {"flow.py": flow(f"return {used}", head)})

    assert one == two


@pytest.mark.parametrize(
    ("head", "used"),
    [
        ("A, B = times({A}), times({B})", "A(x) * 10 + B(x)"),
        ("V = functools.partial(pow, {A}, {B})", "V()"),
        ("def V(a={A}, b={B}): return a * 10 + b", "V()"),
        ("def V(*, a={A}, b={B}): return a * 10 + b", "V()"),
        ("V = dict(zip([{A}, {B}], [times(2), times(3)]))", "V[2](x)"),
        ("V = {{{A}: 1, {B}: 1}}", "list(V)"),
    ],
)
def test_two_values_in_each_others_place_count(
    head: str, used: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not enough that the same values are there: each has its place."""
    made = []
    for a, b in (("2", "3"), ("3", "2")):
        monkeypatch.setenv("K", "1")
        monkeypatch.setenv("A", a)
        monkeypatch.setenv("B", b)
        text = head.format(A="int(os.environ['A'])", B="int(os.environ['B'])")
        made.append(one_step(tmp_path, {"flow.py": flow(f"return {used}", f"{HEAD}{text}\n")}))

    assert (True, True) == (made[0][0] != made[1][0], made[0][1] != made[1][1])


def test_processes_agree_on_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another hash seed, another folder and other addresses in memory make no other values."""
    monkeypatch.setenv("K", "2")
    values = ", ".join(f"{name!r}: {value}" for name, (value, _) in VALUES.items() if "V" not in value)
    files = read(f"{{{values}, 'set': {{Own, times, 'a', 'b', (1, 'c')}}}}", "V, CLIENT")
    files["flow.py"] = files["flow.py"].replace("class Slots:", f"{HELD}CLIENT = Held()\nclass Slots:")
    code = (
        "from axl.dsl.describe import steps_of\nfrom axl.runtime.code.fingerprint import fingerprint\n"
        "import flow\nprint(fingerprint(steps_of(flow.F)['a'], flow.F))"
    )

    told = []
    for seed in ("1", "77"):
        folder = written(tmp_path / seed, files)
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=folder, check=True
        )
        told.append(done.stdout)

    assert told[0] == told[1]
