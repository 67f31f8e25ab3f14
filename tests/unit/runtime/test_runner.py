"""The runner of one step, as a container calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from axl.io.stores import open_store
from axl.ir.policy import Policy, Resources
from axl.runtime.task.values import load_value
from axl.wire.address import node_key
from axl.wire.record import decode_node
from axl.wire.spec import OutputSpec, TaskSpec

FLOW = """
import os
from axl import Workflow, step

class Flow(Workflow):
    @step
    def threads(self) -> list[str | None]:
        return [os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")]
"""


def threads_of(resources: Resources, folder: Path, **environment: str) -> object:
    """Run the step in a process of its own and return what it saw."""
    (folder / "flow_of_threads.py").write_text(FLOW)
    spec = TaskSpec(
        run="r",
        node="threads",
        workflow="flow_of_threads:Flow",
        path=str(folder),
        step="threads",
        outputs=(OutputSpec(name="result", handler="json"),),
        policy=Policy(resources=resources),
        store=str(folder / "store"),
    )
    clean = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-m", "axl.runtime", "-"],
        input=spec.encode(),
        env=clean | environment,
        capture_output=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr.decode()
    assert "done" == json.loads(done.stdout)["status"]
    store = open_store(spec.store)
    key = node_key("r", "threads", ())
    body = store.get_record(key)
    assert body is not None
    [(_, value)] = decode_node(body, key).outputs
    return load_value(value, store)


@pytest.mark.parametrize(("cpu", "threads"), [(4000, "4"), (2500, "2"), (250, "1"), (None, None)])
def test_numeric_libraries_get_the_threads_of_a_step(
    cpu: int | None, threads: str | None, tmp_path: Path
) -> None:
    """As many as the processors it asks for, at least one; without a wish the libraries decide."""
    assert [threads] * 3 == threads_of(Resources(cpu_milli=cpu), tmp_path)


def test_what_the_user_has_set_stays(tmp_path: Path) -> None:
    """A variable that is there already wins."""
    assert ["7", "4", "4"] == threads_of(Resources(cpu_milli=4000), tmp_path, OMP_NUM_THREADS="7")
