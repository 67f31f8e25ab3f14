"""`axl validate` prints the program and its hash, or all problems, as text and as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.unit.cli.command_line import Axl


def test_validate_prints_the_program_and_its_hash(axl: Axl) -> None:
    """One equation a line, then the hash, and on the other stream that all is well."""
    done = axl("validate", "good.py:Good")

    assert 0 == done.code
    assert "add(" in done.out
    assert re.search(r"^hash [0-9a-f]{64}$", done.out, re.MULTILINE)
    assert "the workflow is valid" in done.err


def test_validate_takes_the_only_class_of_a_file(axl: Axl) -> None:
    """Where there is one workflow its name may be left out, with -m and without."""
    outs = {
        axl("validate", *words).out
        for words in (["good.py"], ["-m", "good.py"], ["-m", "good.py:Good"], ["good:Good"])
    }

    assert 1 == len(outs)


def test_validate_as_json(axl: Axl) -> None:
    """Programs get the same facts, and the program as JSON."""
    done = axl("validate", "good.py", "--json")

    facts = json.loads(done.out)
    errors = [problem for problem in facts["problems"] if problem["severity"] == "error"]
    assert (True, "good", []) == (facts["valid"], facts["name"], errors)
    assert "body" in facts["program"]


def test_validate_tells_all_problems_as_json(axl: Axl) -> None:
    """An invalid workflow is exit code 3, with each problem's rule, lines and hint."""
    done = axl("validate", "wired_wrong.py", "--json")

    facts = json.loads(done.out)
    assert (3, False) == (done.code, facts["valid"])
    assert any(
        loc["file"].endswith("wired_wrong.py") for problem in facts["problems"] for loc in problem["where"]
    )


def test_what_a_module_prints_is_talk(axl: Axl, zoo: Path) -> None:
    """A print at import does not get into the data."""
    (zoo / "chatty.py").write_text("print('hello')\n" + (zoo / "two.py").read_text())

    done = axl("validate", "chatty.py:One", "--json")

    assert json.loads(done.out)["name"] == "one"
    assert "hello" in done.err
