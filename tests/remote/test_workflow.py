"""A workflow runs against a bucket, and its run can be looked at and used from elsewhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from axl.io.stores import open_store
from tests.remote.servers import SECRET

Command = Callable[..., str]
BIRDS = Path(__file__).parents[2] / "examples" / "birds.py"
FLOW = '''
from pathlib import Path

from axl import Workflow, step


class Sizes(Workflow):
    """Data of several sizes, through memory and through files."""

    @step
    def make(self, size: int) -> bytes:
        """Make some bytes, and say so."""
        print(f"made {size}")
        return b"x" * size

    @step(input_mode={"data": "path"})
    def measure(self, data: bytes | Path) -> int:
        """Measure a file of them, pickled."""
        assert isinstance(data, Path)
        return data.stat().st_size

    @step
    def total(self, sizes: list[int]) -> int:
        """Add them up."""
        return sum(sizes)

    def graph(self, sizes: list[int] = [1, 10_000, 20_000_000]) -> int:
        return self.total(self.measure.map(self.make.map(sizes)))
'''


@pytest.fixture
def axl(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a function that runs a command in a workspace of its own and returns what it printed."""

    def run(workspace: str, *words: str) -> str:
        folder = tmp_path / workspace
        folder.mkdir(exist_ok=True)
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        command = [sys.executable, "-m", "axl", *words, "--store", url]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
        assert 0 == done.returncode, done.stderr
        assert SECRET not in done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_a_run_is_seen_from_another_folder(axl: Command, tmp_path: Path) -> None:
    """Its steps, outputs and state are shown where neither the code nor the folder of the run is."""
    (tmp_path / "one").mkdir()
    shutil.copy(BIRDS, tmp_path / "one")
    assert "{'wren': 3, 'robin': 2, 'owl': 2}" in axl("one", "run", "local", "birds.py", "--run-id", "first")

    assert "succeeded" in axl("two", "runs")
    assert "spot" in axl("two", "show", "first")
    assert "tally" in axl("two", "outputs", "first")
    axl("two", "logs", "first")
    left = sorted(path.name for path in (tmp_path / "two").iterdir())
    assert set(left) <= {"cache"}


def test_another_workspace_computes_nothing_again(axl: Command, tmp_path: Path) -> None:
    """The same workflow elsewhere finds every result, small and large, by what it was made of."""
    for workspace in ("one", "two"):
        (tmp_path / workspace).mkdir()
        (tmp_path / workspace / "sizes.py").write_text(FLOW)
    assert "20010043" in axl("one", "run", "local", "sizes.py")
    second = axl("two", "run", "local", "sizes.py")

    assert "20010043" in second
    assert "7 cached" in second
    assert "made" not in second


def test_what_was_printed_is_kept(axl: Command, tmp_path: Path) -> None:
    """Logs are read from the bucket."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "sizes.py").write_text(FLOW)
    axl("one", "run", "local", "sizes.py", "--run-id", "first")

    assert "made 10000" in axl("two", "logs", "first")


def test_the_records_of_a_run_need_no_listing_order(axl: Command, url: str, tmp_path: Path) -> None:
    """Everything of a run is found under its keys by any store of that URL."""
    (tmp_path / "one").mkdir()
    shutil.copy(BIRDS, tmp_path / "one")
    axl("one", "run", "local", "birds.py", "--run-id", "first")
    store = open_store(url)

    keys = [key for key, _ in store.list_records("node/first/")]
    assert sorted(keys) == keys
    assert 4 == len(keys)
    store.close()
