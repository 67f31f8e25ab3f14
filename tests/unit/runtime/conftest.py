"""A folder in which tests write modules, and load them as a new process would."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Return a function that writes modules, by name, into the current folder, and loads the last one anew."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    # Else a text of the same length that is written within the same second would be taken for the old one
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    written = set[str]()

    def load_last(**texts: str) -> Any:
        for name, text in texts.items():
            (tmp_path / f"{name}.py").write_text(text)
        written.update(texts)
        forget(written)
        importlib.invalidate_caches()
        return importlib.import_module(list(texts)[-1])

    yield load_last
    forget(written)


def forget(names: set[str]) -> None:
    """Let modules be imported again."""
    for name in names:
        sys.modules.pop(name, None)
