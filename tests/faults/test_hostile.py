"""Texts that would break a shell, a path, a template or a terminal go through a run as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import axl
from axl import Workflow
from axl.errors import AxlError
from axl.runtime.history.run import Run
from tests.faults.hostile import Echo, Lies

SURROGATE = "\ud800"
TEXTS = [
    "",
    " ",
    "../../etc/passwd",
    "/etc/passwd",
    "-rf",
    "--help",
    ".",
    "a\nb\r\nc",
    "a\0b",
    "\x1b[31mred\x1b[0m",
    "{{workflow.uid}}",
    '{{=sprig.env("X")}}',
    "${HOME}",
    "$(touch hacked)",
    "`touch hacked`",
    '"; touch hacked; "',
    "'; DROP TABLE records; --",
    "%s%n%x",
    "CON",
    "e\u0301 é",
    "\u202egnp.exe",
    "😀" * 50,
    "x" * 300_000,
    "!!python/object:os.system",
    "&a *a",
    "NaN",
    "1e999",
    SURROGATE,
    '{"__class__": "os.system"}',
    "$$.Execution.Id",
]


def tried(flow: type[Workflow], store: Path, **options: Any) -> Run | AxlError:
    """Return a run, or why there is none."""
    try:
        return axl.run(flow, store=store, executor="inline", **options)
    except AxlError as error:
        return error


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text[:20]!a}")
def test_a_hostile_parameter(text: str, tmp_path: Path) -> None:
    """It comes back as it went in; what is no text at all is refused; nothing is written beside the store."""
    run = tried(Echo, tmp_path / "store", params={"text": text})

    if isinstance(run, Run):
        assert (run.status, run.result) == ("succeeded", text), run.error
        assert isinstance(run.logs("__"), str)
    else:
        assert text == SURROGATE, run
    assert {path.name for path in tmp_path.iterdir()} <= {"store"}


@pytest.mark.parametrize("name", [text for text in TEXTS if text], ids=lambda text: f"{text[:20]!a}")
def test_a_hostile_run_id(name: str, tmp_path: Path) -> None:
    """The run has that name, or it is refused in words; no name becomes a path as it is."""
    run = tried(Lies, tmp_path / "store", run_id=name)

    if isinstance(run, Run):
        assert (run.status, run.id) == ("succeeded", name), run.error
    assert {path.name for path in tmp_path.iterdir()} <= {"store"}


def test_a_value_that_lies(tmp_path: Path) -> None:
    """Nobody asks it for its truth, its length or its equals: the next step has what its pickle makes."""
    run = axl.run(Lies, store=tmp_path / "store", executor="inline")

    assert (run.status, run.result) == ("succeeded", 2), run.error
