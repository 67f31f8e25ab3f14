"""Shells complete commands, options, values, runs and steps."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.command_line import RUN, Axl

COMPLETIONS = [
    ("", {"run", "runs", "validate"}),
    ("ru", {"run", "runs"}),
    ("--v", {"--version"}),
    ("run ", {"local"}),
    ("run local --exec", {"--executor"}),
    ("run local --executor ", {"process", "thread", "inline"}),
    ("run local x.py --log-format j", {"json"}),
    ("render --format m", {"mermaid"}),
    ("show ", {"latest", "fine"}),
    ("logs fi", {"fine"}),
    ("logs fine to", {"total"}),
    ("outputs latest ", {"add", "total", "odd", "facts"}),
    ("help exit", {"exit-codes"}),
    ("run local exam", set()),
    ("outputs nothing ", set()),
    ("validate ", set()),
]


@pytest.mark.parametrize(
    ("typed", "expected"), COMPLETIONS, ids=[typed or "nothing" for typed, _ in COMPLETIONS]
)
def test_shells_get_candidates(
    axl: Axl, monkeypatch: pytest.MonkeyPatch, typed: str, expected: set[str]
) -> None:
    """Whatever fits is offered; where files are meant nothing is, and there are never messages."""
    axl(*RUN, "--run-id", "fine")
    monkeypatch.setenv("_AXL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"axl {typed}")
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split(" "))))

    done = axl()

    found = set(done.out.split())
    assert (0, "") == (done.code, done.err)
    assert expected <= found
    assert bool(expected) == bool(found)
    assert all(each.startswith(typed.rpartition(" ")[2]) for each in found)


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.usefixtures("_in_zoo")
def test_bash_completes_after_installing(tmp_path: Path) -> None:
    """The script is written below the home folder, for the shell that asks, and a new shell completes with it."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/axl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m axl "$@"\n')
    (tmp_path / "bin/axl").chmod(0o755)
    env = os.environ | {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    lines = "axl --install-completion && axl --install-completion; exit"
    installed = subprocess.run(
        ["bash", "--norc"], input=lines, env=env, capture_output=True, text=True, check=False
    )
    line = (
        'COMP_WORDS=(axl run local --executor "p"); COMP_CWORD=4; _axl_completion axl; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", f". ~/.bashrc\n{line}"], env=env, capture_output=True, text=True, check=False
    )

    assert "bash completion installed in" in installed.stdout
    assert 1 == (tmp_path / ".bashrc").read_text().count("source")
    assert "process" == done.stdout.strip(), done.stderr


@pytest.mark.parametrize(
    ("shell", "files"),
    [
        ("bash", {".bashrc", ".bash_completions/axl.sh"}),
        ("zsh", {".zshrc", ".zfunc/_axl"}),
        ("fish", {".config/fish/completions/axl.fish"}),
    ],
)
def test_a_shell_is_named(axl: Axl, tmp_path: Path, shell: str, files: set[str]) -> None:
    """Not the shell that asks, but the one that is named gets its files; `--show-completion` writes none."""
    home = tmp_path / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        shown = axl("--show-completion", shell)
        before = home.exists()
        installed = axl("--install-completion", shell)

    assert (0, False, True) == (shown.code, before, "_AXL_COMPLETE" in shown.out)
    assert (0, "") == (installed.code, installed.err)
    assert f"{shell} completion installed in" in installed.out
    assert files == {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize("option", ["--install-completion", "--show-completion"])
@pytest.mark.parametrize("shell", ["tcsh", "run", "BASH", "--"])
def test_an_unknown_shell_is_refused(axl: Axl, tmp_path: Path, option: str, shell: str) -> None:
    """No file is touched."""
    before = sorted(tmp_path.rglob("*"))

    done = axl(option, shell)

    assert (2, "") == (done.code, done.out)
    assert f"error: {shell!r} is not a shell that axl knows\n\nhint: one of: bash, zsh, fish" in done.err
    assert before == sorted(tmp_path.rglob("*"))
