"""What a compiled job does in real Dagster: events, retries, metadata, re-execution, exits."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import dagster as dg
import flows
import pytest
from dagster._core.definitions.reconstruct import ReconstructableJob

import axl
from axl import api

from .conftest import Compiled

pytestmark = pytest.mark.filterwarnings("default")  # Dagster warns of what it itself does

ROOT = Path(__file__).parents[2]
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def execute(module: ModuleType, **params: object) -> Any:
    """Return Dagster's result of the module's job."""
    config = QUIET | ({"resources": {"parameters": {"config": params}}} if params else {})
    return next(iter(module.defs.jobs)).execute_in_process(run_config=config, raise_on_error=False)


def kinds(result: Any, step: str) -> list[str]:
    """Return the kinds of a step's events that tell how it went."""
    wanted = {"STEP_SUCCESS", "STEP_FAILURE", "STEP_UP_FOR_RETRY", "STEP_RESTARTED", "STEP_OUTPUT"}
    found = (each for each in result.all_events if each.step_key == step)
    return [each.event_type_value for each in found if each.event_type_value in wanted]


def facts(result: Any, step: str) -> dict[str, object]:
    """Return the metadata of a step's output."""
    for each in result.all_events:
        if each.step_key == step and each.event_type_value == "STEP_OUTPUT":
            return {name: value.value for name, value in each.step_output_data.metadata.items()}
    raise AssertionError(step)


def ran(folder: Path) -> list[str]:
    """Return the bodies that ran, in order."""
    note = folder / "ran"
    return note.read_text().split() if note.exists() else []


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder that the steps of a flow write to."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_a_failed_attempt_is_retried_and_then_final(compiled: Compiled, home: Path) -> None:
    """The runner decides: one retry is asked for, the second failure is Dagster's, and nothing follows."""
    result = execute(compiled(flows.Flaky), folder=str(home))

    assert not result.success
    assert ["STEP_UP_FOR_RETRY", "STEP_RESTARTED", "STEP_FAILURE"] == kinds(result, "second[1]")
    assert ["first", "second1", "second2", "second3", "second2"] == ran(home)
    run = axl.get_run("latest")
    assert ("failed", "second[1]: ValueError: not yet: 2") == (run.status, run.error)


def test_an_exception_that_is_not_retried_fails_at_once(compiled: Compiled) -> None:
    """What the retries are not for is a failure that Dagster does not retry either."""
    result = execute(compiled(flows.Fatal))

    assert ["STEP_FAILURE"] == kinds(result, "broken")


def test_a_time_out_ends_the_attempt(compiled: Compiled) -> None:
    """The runner ends what takes too long, and what stands in for it goes on."""
    result = execute(compiled(flows.Slow))

    assert result.success
    assert "<none>" == axl.get_run("latest").result


def test_outputs_tell_where_they_are(
    compiled: Compiled, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The metadata of an output has store, digest, bytes, rows, and whether it was found."""
    monkeypatch.setenv("TOKEN", "secret")
    result = execute(compiled(flows.Everything), n=3)

    assert result.success
    square, parts = facts(result, "square[2]"), facts(result, "load")
    assert (f"file://{store}", 5, False, "done") == tuple(
        square[k] for k in ("store", "bytes", "cached", "how")
    )
    assert 64 == len(str(square["digest"]))
    assert (3, 64) == (parts["rows rows"], len(str(parts["name digest"])))
    assert "secret" not in str([facts(result, each) for each in ("load", "total", "run__result")])


def test_what_ran_here_is_not_run_there(compiled: Compiled, home: Path, store: Path) -> None:
    """A run on this machine leaves nothing for Dagster to compute, and the other way round."""
    (home / "mended").touch()
    ours = axl.run(flows.Flaky, {"folder": str(home)}, executor="thread", store=store)
    before = ran(home)

    result = execute(compiled(flows.Flaky), folder=str(home))

    theirs = axl.get_run(result.run_id)
    again = axl.run(flows.Flaky, {"folder": str(home)}, executor="thread", store=store, fresh=False)
    assert ours.result == theirs.result == again.result == 60
    assert ours.result_value == theirs.result_value
    assert before == ran(home)
    assert all(facts(result, step)["cached"] for step in ("first", "second[0]", "second[2]", "last"))


def test_a_re_execution_goes_on_with_the_run(
    compiled: Compiled, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the failure on, in the same run of axl: what was committed stays."""
    monkeypatch.setenv("AXL_DAGSTER_EXECUTOR", "in_process")
    module = compiled(flows.Flaky)
    job = ReconstructableJob.for_file(module.__file__ or "", "flaky")
    config = QUIET | {"resources": {"parameters": {"config": {"folder": str(home)}}}}
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        failed = dg.execute_job(job, instance, run_config=config)
        (home / "mended").touch()
        options = dg.ReexecutionOptions.from_failure(failed.run_id, instance)
        result = dg.execute_job(job, instance, run_config=config, reexecution_options=options)
        anew = dg.execute_job(job, instance, run_config=config)

    assert (False, True, True) == (failed.success, result.success, anew.success)
    run = axl.get_run(failed.run_id)
    assert ("succeeded", 60, 2) == (run.status, run.result, len(run.sessions))
    assert ["first", "second1", "second2", "second3", "second2", "second2", "last"] == ran(home)
    assert {failed.run_id, anew.run_id} == {each.id for each in api.list_runs()}


def test_what_runs_on_exit_is_started_by_sensors(
    compiled: Compiled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sensor for each end asks for the second job, whose op gets status and run."""
    monkeypatch.setenv("TOKEN", "secret")
    module = compiled(flows.Everything)
    job = module.defs.resolve_job_def("everything")
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        result = job.execute_in_process(run_config=QUIET, instance=instance)
        sensor = next(each for each in module.defs.sensors if each.name.endswith("succeeded"))
        context = dg.build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.all_events[-1],
        )
        request = sensor(context)
        left = module.defs.resolve_job_def("everything_on_exit").execute_in_process(
            run_config=request.run_config | QUIET
        )

    assert {"everything_on_exit_succeeded", "everything_on_exit_failed", "everything_on_exit_cancelled"} == {
        each.name for each in module.defs.sensors
    }
    assert left.success
    assert "succeeded False 36" == axl.get_run(result.run_id).step("leave").output


def test_a_schedule_limits_and_placement_are_dagsters(compiled: Compiled) -> None:
    """Cron line, time zone, pool, container and tags are where Dagster reads them."""
    module = compiled(flows.Everything)

    (schedule,) = module.defs.schedules
    (op,) = (each for each in next(iter(module.defs.jobs)).all_node_defs if each.name == "load")
    assert ("30 3 * * 1", "Europe/Paris") == (schedule.cron_schedule, schedule.execution_timezone)
    assert {"max_concurrent": 3, "tag_concurrency_limits": [{"key": "axl.map/square_map", "limit": 2}]} == (
        module.LIMITS
    )
    assert ("database", "birds") == (op.pool, op.tags["team"])
    assert '"nvidia.com/gpu": "1"' in op.tags["dagster-k8s/config"]
    assert "Load the rows.\n\nTakes a number." == op.description


def test_an_executor_is_chosen_from_outside(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names the executor; a name that is none is said at once."""
    monkeypatch.setenv("AXL_DAGSTER_EXECUTOR", "in_process")
    assert "in_process" == next(iter(compiled(flows.Slow).defs.jobs)).executor_def.name
    monkeypatch.setenv("AXL_DAGSTER_EXECUTOR", "here")
    with pytest.raises(ValueError, match="which is not in_process, multiprocess or k8s"):
        compiled(flows.Slow)


def test_parameters_that_do_not_fit_are_refused_before_anything_runs(compiled: Compiled, store: Path) -> None:
    """Dagster refuses what its types can say; nothing has run then."""
    with pytest.raises(dg.DagsterInvalidConfigError, match="n"):
        execute(compiled(flows.Everything), n="many")

    assert [] == api.list_runs(store)


def test_names_that_mean_something_elsewhere_are_taken(compiled: Compiled) -> None:
    """Steps and parameters may be called what Python, pydantic and the module call their own."""
    result = execute(compiled(flows.Odd), schema=10, json=40, größe=50, _hidden=30, model_dump=60)

    assert result.success
    assert flows.Odd().graph(10, 2, 30, 40, 50, 60) == axl.get_run("latest").result


def test_a_workflow_that_changed_since_is_refused(compiled: Compiled, tmp_path: Path) -> None:
    """A module does not run with a workflow that is wired otherwise than the one it was compiled from."""
    text = Path(compiled(flows.Slow).__file__ or "").read_text()
    changed = tmp_path / "changed.py"
    changed.write_text(text.replace('hash="', 'hash="0'))
    job = ReconstructableJob.for_file(str(changed), "slow").get_definition()

    result = job.execute_in_process(run_config=QUIET, raise_on_error=False)

    assert not result.success
    failure = next(each for each in result.all_events if each.event_type_value == "STEP_FAILURE")
    assert "compile it again" in str(failure.step_failure_data.error.cause or failure.step_failure_data.error)


@pytest.mark.parametrize(
    ("name", "cls", "params", "executor"),
    [
        ("birds", "Birds", {"walks": ["owl owl", "wren"]}, "multiprocess"),
        ("flights", "Flights", {"months": [1, 2]}, "in_process"),
    ],
)
def test_dagsters_own_commands_take_the_file(
    name: str,
    cls: str,
    params: dict[str, object],
    executor: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`definitions validate` and `job execute` give the digest of `axl run local`, which then runs no body."""
    shutil.copy(ROOT / "examples" / f"{name}.py", tmp_path)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    (tmp_path / "run.yaml").write_text(json.dumps({"resources": {"parameters": {"config": params}}}))
    (tmp_path / "params.json").write_text(json.dumps(params))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AXL_DAGSTER_EXECUTOR", executor)
    axl_words = [sys.executable, "-m", "axl"]
    dagster_words = [str(Path(sys.executable).with_name("dagster"))]
    made = f"made/{name}_dagster.py"
    for words in (
        [*axl_words, "compile", "-m", f"{name}.py:{cls}", "-t", "dagster", "-o", made],
        [*dagster_words, "definitions", "validate", "-f", made],
        [*dagster_words, "job", "execute", "-f", made, "-c", "run.yaml"],
        [*axl_words, "run", "local", "-m", f"{name}.py:{cls}", "--params", "params.json"],
    ):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    here, there = (axl.get_run(each.id, ".axl") for each in api.list_runs(".axl"))
    assert there.result == here.result
    assert there.result_value == here.result_value
    assert {"cached"} == set(dict(here.counts))
    assert {"done"} == set(dict(there.counts))
