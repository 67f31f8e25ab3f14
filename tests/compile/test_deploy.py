"""Runs on a real Dagster instance, driven from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from axl import api
from axl.cli.main import main
from axl.deploy.dagster import Instance
from axl.errors import StoreError, UsageError
from axl.io.stores import open_store
from tests.compile.webserver import serving

FLOW = """
from pathlib import Path

from axl import Workflow, step

class Served(Workflow):
    @step
    def first(self, n: int) -> int:
        return n + 1

    @step
    def second(self, n: int, folder: str) -> int:
        if not Path(folder, "mended").exists():
            raise ValueError("not yet")
        return n * 10

    def graph(self, folder: str, n: int = 1) -> int:
        return self.second(self.first(n), folder)
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with a workflow, and the URL of a Dagster web server that has loaded its job."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "served.py").write_text(FLOW)
    (data,) = api.compile(
        str(folder / "served.py") + ":Served", "dagster", out=folder / "job.py"
    ).files.values()
    (folder / "job.py").write_bytes(data)
    with serving(folder, "job.py") as url:
        yield folder, url


def test_a_run_is_submitted_followed_and_retried(
    served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Submit, wait, status, logs and retry; what comes out is in the store under the same id."""
    folder, url = served
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AXL_DAGSTER_URL", url)
    monkeypatch.setenv("AXL_STORE", str(folder / "store"))

    code = main(["submit", "-m", "served.py:Served", "-p", f"folder={folder}", "-p", "n=4", "--wait"])
    run = capsys.readouterr().out.strip()
    assert (1, 1) == (code, main(["status", run]))
    assert f"{run} of served: failed" in capsys.readouterr().out
    assert 0 == main(["logs", run, "second", "--target", "dagster"])
    assert "second: ValueError: not yet" in capsys.readouterr().out
    assert 0 == main(["outputs", run[:8], "--target", "dagster", "--json"])
    assert ["first"] == [each["name"] for each in json.loads(capsys.readouterr().out)]

    (folder / "mended").touch()
    assert 0 == main(["retry", run, "--target", "dagster"])
    again = capsys.readouterr().out.strip()
    state = Instance(url).wait(again)
    found = api.get_run(run)
    assert ("succeeded", run) == (state.status, state.run)
    assert ("succeeded", 50, 2) == (found.status, found.result, len(found.sessions))
    assert 0 == main(["outputs", again, "second", "--target", "dagster"])
    assert "50" in capsys.readouterr().out


def test_what_is_not_there_is_named(served: tuple[Path, str]) -> None:
    """A job and a run that the instance does not have, and an instance that is not there."""
    _, url = served

    with pytest.raises(UsageError, match="its jobs are: served"):
        Instance(url).submit("other", {})
    with pytest.raises(UsageError, match="has no run 'nope'"):
        Instance(url).state("nope")
    with pytest.raises(StoreError, match="is the server running there"):
        Instance("http://127.0.0.1:1").state("nope")
    with pytest.raises(UsageError, match="is not the URL of a server"):
        Instance("file:///etc").state("nope")


def test_a_server_that_is_not_named_need_not_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where no server answers, the run takes place in an instance of its own, and is known in the store."""
    (tmp_path / "alone.py").write_text(FLOW.replace("Served", "Alone"))
    (tmp_path / "mended").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AXL_DAGSTER_URL", raising=False)
    monkeypatch.setattr("axl.cli.status.DEFAULT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AXL_DAGSTER_EXECUTOR", "in_process")
    monkeypatch.setenv("AXL_STORE", str(tmp_path / "store"))

    code = main(["submit", "-m", "alone.py:Alone", "-p", f"folder={tmp_path}"])

    out, err = capfd.readouterr()
    assert 0 == code, err
    assert "no Dagster answers at http://127.0.0.1:1: it runs here" in err
    assert ("succeeded", 20) == ((found := api.get_run(out.strip())).status, found.result)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["submit", "-m", "served.py:Served", "--target", "argo"], "there is no target 'argo'"),
        (["outputs", "1", "--target", "argo"], "there is no target 'argo'"),
        (["outputs", "nope", "--target", "dagster"], "has nothing of a run 'nope' of dagster"),
        (["logs", "1", "--target", "dagster", "--attempt", "2"], "does not tell attempts apart"),
        (["dev", "-m", "served.py:Served", "--target", "argo"], "has no web page on this machine"),
    ],
    ids=["submit", "outputs", "unknown run", "attempts", "dev"],
)
def test_what_a_target_cannot_do_is_said(
    served: tuple[Path, str],
    words: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each command names what cannot be had, and ends with 3 or 2."""
    folder, url = served
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AXL_DAGSTER_URL", url)
    monkeypatch.setenv("AXL_STORE", str(folder / "other"))
    open_store().close()

    code = main(words)

    assert code in (2, 3)
    assert said in capsys.readouterr().err
