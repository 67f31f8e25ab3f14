"""A folder of good and bad files, and a way to run the command line in this process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from axl.cli.main import main
from axl.io.stores import open_store
from tests.unit.cli.command_line import Axl, Done

GOOD = '''
"""A workflow of two steps."""
import os
import pickle
from axl import Workflow, step


class Pickled:
    """A value that only a pickle holds; opening it leaves a mark."""

    def __reduce__(self):
        return (_mark, ())


def _mark():
    open(os.environ["AXL_TEST_MARK"], "w").close() if "AXL_TEST_MARK" in os.environ else None
    return Pickled()


class Good(Workflow):
    @step
    def add(self, n: int, by: int = 1) -> int:
        print("adding", n)
        if n < 0:
            raise ValueError(f"{n} is negative")
        return n + by

    @step
    def total(self, xs: list[int]) -> int:
        return sum(xs)

    @step
    def odd(self, n: int) -> Pickled:
        return Pickled()

    @step(io_handler="json")
    def facts(self, n: int) -> dict[str, int]:
        return {"n": n}

    def graph(self, ns: list[int] = [1, 2, 3], name: str = "x", share: float = 0.5, flag: bool = False) -> int:
        n = self.total(self.add.map(ns))
        self.odd(n)
        self.facts(n)
        return n
'''

WIRED_WRONG = """
from axl import Workflow, step


class WiredWrong(Workflow):
    @step
    def text(self) -> str:
        return "a"

    @step
    def count(self, n: int) -> int:
        return n

    def graph(self) -> int:
        return self.count(self.text())
"""

HASTY = """
from axl import Workflow, step


class Hasty(Workflow):
    @step
    def count(self) -> int:
        return 3

    def graph(self) -> int:
        return self.count() if self.count() > 2 else 0
"""

WIRED_TWICE = (
    WIRED_WRONG.replace("WiredWrong", "WiredTwice")
    .replace(
        "def graph", "@step\n    def half(self, n: float) -> float:\n        return n / 2\n\n    def graph"
    )
    .replace("return self.count(", "self.half(self.text())\n        return self.count(")
)

TWO = """
from axl import Workflow, step


class One(Workflow):
    @step
    def a(self) -> int:
        return 1

    def graph(self) -> int:
        return self.a()


class Other(One):
    pass
"""

FILES: dict[str, str | bytes] = {
    "good.py": GOOD,
    "wired_wrong.py": WIRED_WRONG,
    "wired_twice.py": WIRED_TWICE,
    "hasty.py": HASTY,
    "two.py": TWO,
    "none.py": "x = 3\nclass Plain: pass\n",
    "empty.py": "",
    "syntax.py": "def (:\n",
    "indent.py": "if True:\nx = 1\n",
    "raising.py": "raise ValueError('boom at import')\n",
    "exits.py": "import sys\nsys.exit(0)\n",
    "missing_import.py": "import a_library_that_is_not_there\n",
    "recursing.py": "def f(): f()\nf()\n",
    "latin.py": b"# \xe9\nx = '\xff'\n",
    "nul.py": b"x = 1\x00\n",
    "9lives.py": GOOD,
    "two words.py": GOOD,
    "notes.txt": "notes\n",
    "params.yaml": "ns: [4, 5]\n",
    "params.json": '{"ns": [4, 5]}',
    "params.toml": "ns = [4, 5]\n",
    "empty.json": "",
    "list.yaml": "- 1\n- 2\n",
    "number.json": "3",
    "deep.json": "[" * 100_000,
    "deep.yaml": "[" * 100_000,
    "bomb.yaml": "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nns: [*b, *b, *b, *b]\n",
    "twice.json": '{"ns": [1], "ns": [2]}',
    "twice.yaml": "ns: [1]\nns: [2]\n",
    "twice.toml": "ns = [1]\nns = [2]\n",
    "nan.json": '{"share": NaN}',
    "nan.yaml": "share: .nan\n",
    "inf.toml": "share = inf\n",
    "utf16.json": '{"ns": [1]}'.encode("utf-16"),
    "latin.yaml": b"name: caf\xe9\n",
    "nul.yaml": b"name: a\x00b\n",
    "tag.yaml": "name: !!python/object/apply:os.system [id]\n",
    "date.toml": "name = 2020-01-01\n",
    "huge.json": '{"ns": [' + "9" * 5000 + "]}",
    "surrogate.json": '{"name": "\\ud800"}',
    "unknown.yaml": "nss: [1]\n",
    "wrong_type.yaml": "ns: many\n",
    "truncated.json": '{"ns": [1',
    "tabs.yaml": "ns:\n\t- 1\n",
    "many.yaml": "ns: [1]\n---\nns: [2]\n",
    "large.json": '{"name": "' + "x" * 11_000_000 + '"}',
    "params.ini": "[x]\n",
    "params": "ns: [1]\n",
}


@pytest.fixture(scope="session")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of files that commands may be given, good ones and bad ones."""
    folder = tmp_path_factory.mktemp("zoo")
    for name, content in FILES.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "bom.json").write_bytes(b'\xef\xbb\xbf{"ns": [4, 5]}')
    (folder / "folder.py").mkdir()
    (folder / "folder.yaml").mkdir()
    os.mkfifo(folder / "fifo.py")
    os.mkfifo(folder / "fifo.yaml")
    (folder / "dangling.py").symlink_to("nowhere.py")
    (folder / "dangling.yaml").symlink_to("nowhere.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "zero.yaml").symlink_to("/dev/zero")
    return folder


@pytest.fixture
def _in_zoo(zoo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(zoo)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("AXL_STORE", str(tmp_path / "store"))
    open_store(str(tmp_path / "store")).close()
    for name in ("AXL_EXECUTOR", "AXL_WORKERS", "AXL_DEBUG", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def axl(_in_zoo: None, capsys: pytest.CaptureFixture[str]) -> Axl:
    """Return a function that runs `axl WORDS...` in the zoo and says what came of it."""

    def run(*words: str) -> Done:
        code = main(words)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return run
