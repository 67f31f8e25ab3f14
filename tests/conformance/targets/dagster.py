"""Runs a workflow in real Dagster: compile it, import the module, execute its job in this process."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

import axl
from axl import api
from axl.dsl.workflow import Workflow

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run(cls: type[Workflow], params: dict[str, object], folder: Path) -> axl.Run:
    """Return the run; the store is in the folder."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    artifact = api.compile(cls, "dagster", out=folder / "module.py")
    (name,) = artifact.files
    (folder / "module.py").write_bytes(artifact.files[name])
    spec = importlib.util.spec_from_file_location("module", folder / "module.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (job,) = module.defs.jobs
    config = QUIET | ({"resources": {"parameters": {"config": params}}} if params else {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AXL_STORE", str(folder / "store"))
        job.execute_in_process(run_config=config, raise_on_error=False)
    return api.get_run("latest", folder / "store")
