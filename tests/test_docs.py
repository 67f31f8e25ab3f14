"""The documentation tells the truth: its code runs, its lists are whole, its generated pages are fresh."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import axl
from axl.dsl.options import CLASS_OPTIONS
from axl.io.handlers import NAMES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    path for path in (*sorted(DOCS.rglob("*.md")), ROOT / "README.md") if "```" in path.read_text("utf-8")
]


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_runs(page: Path) -> None:
    """Every block of code on the page runs and prints what the page says."""
    done = run(DOCS / "execute.py", page)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_of_the_command_line_is_fresh() -> None:
    """docs/reference/cli.md is what `axl --help` says."""
    done = run(DOCS / "generate.py", "--check")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_reference_has_every_public_name() -> None:
    """The Python reference shows every name of `axl` and no other."""
    page = (DOCS / "reference" / "python.md").read_text("utf-8")

    assert set(axl.__all__) == set(re.findall(r"^::: axl\.(\w+)$", page, re.MULTILINE))


def test_the_page_of_options_has_every_option() -> None:
    """The tables of options list every option, and mark those that may be class attributes."""
    page = (DOCS / "reference" / "options.md").read_text("utf-8")
    table = page.partition("## Of a step")[2].partition("\n## ")[0]

    rows = dict(re.findall(r"^\| `(\w+)`( \*)? \|", table, re.MULTILINE))

    assert {*CLASS_OPTIONS, "input_mode", "on_failure"} == set(rows)
    assert set(CLASS_OPTIONS) == {name for name, star in rows.items() if star}


def test_the_page_of_data_has_every_handler() -> None:
    """The table of handlers lists those that axl brings, in their order."""
    page = (DOCS / "guide" / "data.md").read_text("utf-8")

    assert list(NAMES) == re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)


def test_every_page_is_in_the_contents() -> None:
    """mkdocs.yml names every page."""
    contents = (ROOT / "mkdocs.yml").read_text("utf-8")

    assert [] == [
        path.name for path in DOCS.rglob("*.md") if path.relative_to(DOCS).as_posix() not in contents
    ]


def test_the_files_of_the_pages_pass_mypy(tmp_path: Path) -> None:
    """Every file that a page shows passes mypy --strict, without a plugin; one name is one text everywhere."""
    title = re.compile(r'^```python title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
    shown = {
        (name, text)
        for page in PAGES
        for name, text in title.findall(page.read_text("utf-8"))
        if not text.startswith("--8<--")
    }
    for name, text in shown:
        (tmp_path / name).write_text(text, "utf-8")

    done = run("-m", "mypy", "--strict", "--config-file=", "--no-error-summary", tmp_path)

    assert len(shown) == len({name for name, _ in shown})
    assert done.stdout == ""
