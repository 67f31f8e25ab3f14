"""The guide to Dagster, from an empty folder to the job in the web page, as a real browser shows it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from axl import api
from axl.cli.main import main
from tests.compile.browser import DRIVER, browser
from tests.compile.webserver import serving

PICTURE = Path(__file__).parents[2] / "docs" / "guide" / "dagster-run.png"


@pytest.mark.skipif(DRIVER is None, reason="no chromedriver here: apt-get install chromium-driver")
def test_the_job_of_the_guide_is_seen_in_the_web_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `axl init` writes is compiled, launched, and seen there with its ops, items and metadata.

    `AXL_GOLDEN=write` keeps the picture for the guide.
    """
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "greetings"
    assert 0 == main(["init", "greetings"])
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AXL_STORE", str(folder / "store"))
    words = ["compile", "-m", "workflow.py:Greetings", "--target", "dagster", "--out", "greetings_dagster.py"]
    assert 0 == main(words)
    capsys.readouterr()

    with serving(folder, "greetings_dagster.py") as url, browser(1360, 1000) as window:
        assert 0 == main(["submit", "-m", "workflow.py:Greetings", "--url", url, "--wait"])
        run = capsys.readouterr().out.strip()
        window.open(f"{url}/runs/{run}")
        window.await_text("Success", "Join the Dagster community")
        window.click("Skip")
        window.await_text("greet[0]", "run__result", "STEP_OUTPUT", "digest")
        window.await_gone("Join the Dagster community")
        picture = window.picture()

    assert "succeeded" == api.get_run(run, folder / "store").status
    assert picture.startswith(b"\x89PNG")
    if os.environ.get("AXL_GOLDEN") == "write":
        PICTURE.write_bytes(picture)
    assert PICTURE.exists()
