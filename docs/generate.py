"""Write the pages of the command line and of the targets from what both declare.

python docs/generate.py            writes docs/reference/cli.md and docs/reference/targets.md
python docs/generate.py --check    fails where a page is not what would be written
"""

from __future__ import annotations

import sys
from pathlib import Path

import capabilities
import typer
from typer.cli import get_docs_for_click

from axl.cli.commands import COMMANDS, Later
from axl.cli.root import build

PAGES = Path(__file__).parent / "reference"
HEAD = """# Command line

Generated from the commands themselves. [The command line](../guide/command-line.md) says how they are
meant; [exit codes](exit-codes.md) have their own page.
"""


def general_help() -> str:
    """Return what `axl --help` prints."""
    root = build()
    context = root.make_context("axl", [], resilient_parsing=True, terminal_width=78)
    return f"## axl\n\n```text\n{root.get_help(context)}\n```\n"


def section(name: str) -> str:
    """Return the part of the page about one command."""
    command = Later(name, *COMMANDS[name]).load()
    context = typer.Context(command, info_name=f"axl {name}")
    page = get_docs_for_click(obj=command, ctx=context, indent=1, name=f"axl {name}").strip() + "\n"
    return page.replace("```console", "```text")  # a usage line is shown, not run


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, general_help(), *(section(name) for name in COMMANDS)])


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them."""
    stale = 0
    for path, new in ((PAGES / "cli.md", page()), (PAGES / "targets.md", capabilities.page())):
        if "--check" not in arguments:
            path.write_text(new, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != new:
            stale = 1
            print(f"{path} is stale; run: uv run python docs/generate.py")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
