"""A step's fingerprint changes with every edit that may change what it does, and with no other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from axl.runtime.code import packages
from axl.runtime.code.fingerprint import FingerprintError, fingerprint, fingerprint_parts
from tests.unit.runtime.code_edits import BOTH, CLEAN, EDITS, FILES, KNOWN_MISSES, edited
from tests.unit.runtime.projects import digests, imported, written


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


def test_what_counts_though_it_changes_nothing_is_known(before: dict[str, str], tmp_path: Path) -> None:
    """At most two kinds of edits run a step again that need not run."""
    missed = [name for name, edit in KNOWN_MISSES.items() if digests(tmp_path, edited(*edit)) != before]

    assert list(KNOWN_MISSES) == missed
    assert len(missed) <= 2
    assert len(EDITS) >= 40


def test_a_helper_may_move(before: dict[str, str], tmp_path: Path) -> None:
    """Another file of the same functions is the same code, as long as no class and no name of its own is in use."""
    moved = {
        **FILES,
        "shop/flow.py": FILES["shop/flow.py"].replace("from .late import", "from .deep.er import"),
        "shop/deep/__init__.py": "",
        "shop/deep/er.py": FILES["shop/late.py"],
    }

    assert before == digests(tmp_path, moved)


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
    monkeypatch.setattr(metadata, "version", lambda name: "0.0.0")
    packages.version_of.cache_clear()

    after = digests(tmp_path, FILES)

    packages.version_of.cache_clear()
    assert BOTH == {name for name in before if before[name] != after[name]}


def test_parts_say_what_counts_and_where(tmp_path: Path) -> None:
    """Each part has a name, a digest and the author's line."""
    module = imported(written(tmp_path, FILES), "shop.flow")

    found = fingerprint_parts(module.Flow.clean, module.Flow)
    parts = {part.name: part.where for part in found}

    assert parts["shop.features:helper"].endswith("features.py:8")
    assert {
        "package numpy",
        "shop.flow:Flow.clean",
        "shop.flow:SCALE",
        "shop.base:Shared.offset",
    } <= parts.keys()
    assert metadata.version("numpy") == next(part.digest for part in found if part.name == "package numpy")
    assert not [name for name in parts if "nobody" in name or "unused" in name.lower() or "pytest" in name]


@pytest.mark.parametrize("value", [5, "x", None, len, object()])
def test_what_is_no_step(value: Any) -> None:
    """Only functions have code to follow."""
    with pytest.raises(FingerprintError, match="is not a step"):
        fingerprint(value)
