"""Write the page of the command line from what the commands declare.

python docs/generate.py            writes docs/reference/cli.md
python docs/generate.py --check    fails where the page is not what would be written
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from axl.cli import commands

PAGE = Path(__file__).parent / "reference" / "cli.md"
HEAD = """# Command line

Generated from the commands themselves. [The command line](../guide/command-line.md) says how they are
meant; [exit codes](exit-codes.md) have their own page. Every command takes `--help`.
"""


def general_help() -> str:
    """Return what `axl --help` prints."""
    done = subprocess.run([sys.executable, "-m", "axl", "--help"], capture_output=True, text=True, check=True)
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def section(name: str) -> str:
    """Return the part of the page about one command: what it does, and a table of its arguments."""
    command = commands.load(name)
    parser = commands.parser_of(name, command)
    usage = " ".join(["axl", name, *(word for action in parser._actions for word in usage_of(action))])
    rows = "\n".join(f"| {row} |" for action in parser._actions for row in row_of(action))
    usage += " [OPTIONS]"
    table = f"\n| argument | meaning |\n|---|---|\n{rows}\n" if rows else ""
    return f"## axl {name}\n\n{parser.description}\n\n```sh\n{usage}\n```\n{table}"


def usage_of(action: argparse.Action) -> Iterator[str]:
    """Yield the word that stands for an argument without a dash; options are summed up."""
    if action.option_strings:
        return
    word = str(action.metavar or action.dest)
    yield f"[{word}]" if action.nargs in {"?", "*"} else word


def row_of(action: argparse.Action) -> Iterator[str]:
    """Yield an argument's row, but for those that every command has."""
    if {"-h", "--debug"} & set(action.option_strings) or action.help == argparse.SUPPRESS:
        return
    value = str(action.metavar or "") if action.nargs != 0 else ""
    if action.choices:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    names = ", ".join(f"`{name}`" for name in action.option_strings) or f"`{value}`"
    shown = f" `{value}`" if value and action.option_strings else ""
    yield f"{names}{shown} | {(action.help or '').replace('|', chr(92) + '|')}"


def page() -> str:
    """Return the whole page."""
    top = f"## axl\n\n```text\n{general_help()}\n```\n"
    return "\n".join([HEAD, top, *(section(name) for name in commands.COMMANDS)])


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    new = page()
    if "--check" not in arguments:
        PAGE.write_text(new, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == new:
        return 0
    print(f"{PAGE} is stale; run: uv run python docs/generate.py")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
