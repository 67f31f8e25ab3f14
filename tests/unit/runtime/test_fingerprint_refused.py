"""A step whose code only running can tell has no fingerprint, and says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from axl.runtime.code.fingerprint import FingerprintError
from tests.unit.runtime.projects import digests


@pytest.mark.parametrize(
    "used",
    [
        "eval('1')",
        "exec('')",
        "globals()['x']",
        "importlib.import_module('json')",
        "getattr(importlib, 'import_module')('json')",
        "__import__('os')",
        "sys.modules['json']",
        "builtins.eval('1')",
        "getattr(builtins, 'eval')('1')",
        "evaluate('1')",
        "load('json')",
        "pkgutil.resolve_name('json:dumps')",
        "pydoc.locate('json.dumps')",
        "runpy.run_path('json')",
        "int.__subclasses__()",
        "type(1).__subclasses__()",
        "Flow.go.function.__globals__['x']",
        "getattr(Flow.go.function, '__globals__')['x']",
        "inspect.currentframe().f_globals",
        "inspect.getsource(Flow)",
    ],
)
def test_code_that_only_running_can_name_is_refused(used: str, tmp_path: Path) -> None:
    """A step that loads code by text has no fingerprint, and the message names the place and the way out."""
    imports = "import builtins, importlib, inspect, pkgutil, pydoc, runpy, sys\nfrom builtins import eval as evaluate\n"
    imports += "from importlib import import_module as load\nfrom axl import Workflow, step\n"
    text = f"{imports}class Flow(Workflow):\n    @step\n    def go(self) -> int:\n        return help()\n\ndef help():\n    return {used}\n"

    with pytest.raises(FingerprintError, match="cannot be followed") as caught:
        digests(tmp_path, {"flows.py": text}, "flows")

    assert caught.value.where is not None
    assert "flows.py" in caught.value.where.file
    assert "cache" in caught.value.hint


def test_a_closure_over_an_opaque_object_is_refused(tmp_path: Path) -> None:
    """An object that cannot be taken apart, and that no statement makes, has no digest."""
    text = (
        "import sqlite3\nfrom axl import Workflow, step\n\ndef make():\n    base = sqlite3.connect(':memory:')\n    def use():\n"
        "        return base.total_changes\n    return use\n\nuse = make()\nclass Flow(Workflow):\n    @step\n"
        "    def go(self) -> int:\n        return use()\n"
    )

    with pytest.raises(FingerprintError, match="closure base holds a sqlite3"):
        digests(tmp_path, {"flows.py": text}, "flows")


def test_a_late_import_that_fails_is_refused(tmp_path: Path) -> None:
    """A module of the project that cannot be imported cannot be read."""
    files = {
        "pack/__init__.py": "",
        "pack/flow.py": "from axl import Workflow, step\nclass Flow(Workflow):\n    @step\n    def go(self) -> int:\n"
        "        from .broken import f\n        return f()\n",
        "pack/broken.py": "raise RuntimeError('no')\n",
    }

    with pytest.raises(FingerprintError, match="RuntimeError: no"):
        digests(tmp_path, files, "pack.flow")
