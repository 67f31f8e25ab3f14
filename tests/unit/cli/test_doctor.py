"""`axl doctor` looks at the machine and the store, and changes neither."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.unit.cli.command_line import Axl


def test_doctor_finds_nothing_wrong_here(axl: Axl) -> None:
    """Every line says what was looked at and how it is."""
    done = axl("doctor")
    facts = json.loads(axl("doctor", "--json").out)

    assert 0 == done.code
    assert {"axl", "python", "store", "disk", "clock", "open files"} <= {each["about"] for each in facts}
    assert "trouble" not in {each["state"] for each in facts}


def test_doctor_finds_a_store_that_cannot_be(axl: Axl) -> None:
    """Trouble is told in its line, and by exit code 5."""
    done = axl("doctor", "--store", "notes.txt")

    assert 5 == done.code
    assert re.search(r"^store +trouble ", done.out, re.MULTILINE)


def test_doctor_makes_no_store(axl: Axl, tmp_path: Path) -> None:
    """A store that is not there yet is no trouble, and is still not there afterwards."""
    done = axl("doctor", "--store", str(tmp_path / "typo"))

    assert 0 == done.code
    assert re.search(
        r"^store +note +there is no store at .*; the first run makes it$", done.out, re.MULTILINE
    )
    assert not (tmp_path / "typo").exists()
