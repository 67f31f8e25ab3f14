"""What an edit of the flights example computes again, as `axl why` tells it: what it touches, and no more."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import examples.flights

TEXT = Path(examples.flights.__file__).read_text(encoding="utf-8")
SMALL = ("-p", "months=[4,5]", "-p", 'airports=["JFK"]', "-p", "least_flights=500")
AFTER_JOIN = {"split", "carriers", "fit", "judge", "compare", "good", "hold", "sum_up"}

Edited = Callable[[str, str], dict[str, list[str]]]


def axl(folder: Path, *words: str) -> str:
    """Run a command of axl and return what it prints."""
    command = [sys.executable, "-m", "axl", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the example has run once."""
    folder = tmp_path_factory.mktemp("flights")
    (folder / "flights.py").write_text(TEXT)
    axl(folder, "run", "local", "-m", "flights.py:Flights", *SMALL, "-q")
    return folder


@pytest.fixture
def edited(project: Path) -> Edited:
    """Edit the example, run it, and return what was computed: instances and their reasons by step."""

    def edit(old: str, new: str) -> dict[str, list[str]]:
        assert TEXT.count(old) == 1
        (project / "flights.py").write_text(TEXT.replace(old, new))
        axl(project, "run", "local", "-m", "flights.py:Flights", *SMALL, "-q")
        (newest, *_) = json.loads(axl(project, "runs", "--json"))
        computed: dict[str, list[str]] = {}
        for each in json.loads(axl(project, "why", newest["run"], "--json")):
            if each["fate"] == "computed":
                reasons = ", ".join(change["name"] for change in each["changes"])
                computed.setdefault(each["step"], []).append(f"{each['index']}: {reasons}")
        return computed

    return edit


def test_nothing_is_computed_again(edited: Edited) -> None:
    """The same program computes nothing; neither does one that only a comment tells apart."""
    assert {} == edited("def data_folder()", "# where it lies\n\n\ndef data_folder()")


def test_a_helper_two_calls_deep(edited: Edited) -> None:
    """The steps that use it run again, and as they give the same, nothing that follows them."""
    computed = edited('.parent / "data"\n', '.parent.resolve() / "data"\n')

    assert {
        "planes": ["[]: `data_folder`"],
        "departures": ["[0]: `data_folder`"],
        "weather": ["[0]: `data_folder`"],
        "compare": ["[]: `data_folder`"],
    } == computed


def test_the_data_of_one_month(edited: Edited) -> None:
    """Where May is other than before, May is joined again, and what depends on it follows; April is not."""
    computed = edited(
        'dropna(subset=["arr_delay"])\n',
        'dropna(subset=["arr_delay"]).query("not (month == 5 and day == 4)")\n',
    )

    assert ["[0, 1]: input `flights`"] == computed["join"]
    assert {"departures", "join"} | AFTER_JOIN == set(computed)
