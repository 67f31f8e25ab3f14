"""Runs a workflow on a third party's target, installed as its package and found through its entry point."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import axl
from axl import api
from axl.dsl.workflow import Workflow

PACKAGE = Path(__file__).parents[2] / "plugin"


@contextlib.contextmanager
def installed(folder: Path) -> Iterator[None]:
    """Put the package on the path, beside the metadata that installing it would write."""
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    site = folder / "site" / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    site.mkdir(parents=True)
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (site / "METADATA").write_text(head)
    points = project["entry-points"]["axl.targets"]
    lines = [f"{name} = {value}" for name, value in points.items()]
    (site / "entry_points.txt").write_text("\n".join(["[axl.targets]", *lines]))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(PACKAGE / "src"))
        patch.syspath_prepend(str(site.parent))
        yield


def run(cls: type[Workflow], params: dict[str, object], folder: Path) -> axl.Run:
    """Return the run; the store is in the folder."""
    script = folder / "script.py"
    with installed(folder):
        (data,) = api.compile(cls, "plain", out=script).files.values()
    script.write_bytes(data)
    spec = importlib.util.spec_from_file_location("script", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(SystemExit):
        patch.setenv("AXL_STORE", str(folder / "store"))
        module.main("run", json.dumps(params))
    return api.get_run("run", folder / "store")
