"""What changed between two compilations is said in the author's terms."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from axl import api
from axl.cli.main import main
from axl.compile.place import compare_files

BEFORE = '''
from axl import Workflow, step, when

class Change(Workflow):
    """A workflow that changes."""

    @step(resources={"memory": "4Gi"}, timeout="10m")
    def load(self, n: int) -> list[int]:
        return list(range(n))

    @step
    def gone(self, numbers: list[int]) -> int:
        return len(numbers)

    @step
    def total(self, numbers: list[int]) -> int:
        return sum(numbers)

    def graph(self, n: int = 3) -> int:
        numbers = self.load(n)
        self.gone(numbers)
        return self.total(numbers)
'''

AFTER = '''
from axl import Workflow, step, when

class Change(Workflow):
    """A workflow that changes."""

    schedule = "0 3 * * *"

    @step(resources={"memory": "8Gi"}, retries=2)
    def load(self, n: int) -> list[int]:
        return list(range(n))

    @step
    def double(self, n: int) -> int:
        return 2 * n

    @step
    def total(self, numbers: list[int]) -> int:
        return sum(numbers) + 1

    def graph(self, n: int = 4) -> int:
        return self.total(self.double.map(self.load(n)))
'''

CHANGES = """\
workflow: schedule 0 3 * * * UTC, not set before
parameter n: default 3 → 4
load: memory 4Gi → 8Gi
load: attempts 3, not set before
double_map added: a map (load)
double added: a step (change_after:Change/double)
total: code changed
total: reads numbers load → double_map
load: timeout 600s no longer set
gone removed: a step (change_before:Change/gone)
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two compilations of one workflow, before and after a change."""
    monkeypatch.chdir(tmp_path)
    for module in ("change_before", "change_after", "packed", "packed2"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    for name, text in (("before", BEFORE), ("after", AFTER)):
        (tmp_path / f"change_{name}.py").write_text(text)
        (data,) = api.compile(f"change_{name}.py:Change", "dagster", out=f"{name}.py").files.values()
        (tmp_path / f"{name}.py").write_bytes(data)
    return tmp_path


def test_changes_are_named(files: Path) -> None:
    """Steps, wiring, settings with their units, parameters and code."""
    found = {str(change) for change in compare_files(files / "before.py", files / "after.py")}

    own = {line for line in found if "change_before:Change/" not in line or "removed" in line}
    assert set(CHANGES.splitlines()) <= own


def test_the_same_is_no_change(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`axl diff` says so, and exits with 0; with 4 where there is one."""
    assert 0 == main(["diff", "before.py", "before.py"])
    assert 4 == main(["diff", "before.py", "after.py"])
    assert "load: memory 4Gi → 8Gi" in capsys.readouterr().out


def test_a_file_that_is_none_of_ours_is_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says which file, and how to get one."""
    assert 2 == main(["diff", "change_before.py", "after.py"])
    assert "change_before.py was not compiled by axl" in capsys.readouterr().err


def test_check_tells_whether_the_file_is_up_to_date(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 when it is what would be written, 4 when it is not or is not there; nothing is written."""
    words = ["compile", "-m", "change_before.py:Change", "-t", "dagster", "--out"]

    assert 0 == main([*words, "before.py", "--check"])
    assert 4 == main([*words, "after.py", "--diff"])
    assert "load: memory 8Gi → 4Gi" in capsys.readouterr().out
    assert 4 == main([*words, "none.py", "--check"])
    assert not (files / "none.py").exists()


def test_a_folder_takes_the_files(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path without an ending is a folder, made if need be; without a path the file is printed."""
    words = ["compile", "-m", "change_before.py:Change", "-t", "dagster"]

    assert 0 == main([*words, "--out", "deep/down"])
    written = (files / "deep" / "down" / "change_dagster.py").read_text()
    assert 0 == main(words)
    assert 'folder=Path(__file__).parent / "../.."' in written
    assert "@dg.job(" in capsys.readouterr().out


def test_what_is_refused_is_not_written(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything missing is told at once, with exit code 3."""
    (files / "packed.py").write_text(BEFORE.replace('timeout="10m"', 'packages=["polars"]'))

    assert 3 == main(["compile", "-m", "packed.py:Change", "-t", "dagster", "--out", "out.py"])
    assert "packages of steps cannot be had on dagster" in capsys.readouterr().err
    assert not (files / "out.py").exists()


def test_validate_says_what_a_target_makes_of_it(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each feature; a refusal is exit code 3, but not where all targets are asked."""
    (files / "packed2.py").write_text(BEFORE.replace('timeout="10m"', 'packages=["polars"]'))

    assert 0 == main(["validate", "-m", "change_after.py:Change", "--target", "dagster"])
    assert "lowered  retries (load): the runner decides" in capsys.readouterr().out
    assert 3 == main(["validate", "-m", "packed2.py:Change", "--target", "dagster"])
    assert "instead: install them there" in capsys.readouterr().out
    assert 0 == main(["validate", "-m", "packed2.py:Change", "--target", "all"])
