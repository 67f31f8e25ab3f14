"""Write the page of the command line's help, from the help itself.

python docs/generate.py            writes docs/reference/cli.md
python docs/generate.py --check    fails where the page is not what would be written
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PAGE = Path(__file__).parent / "reference" / "cli.md"
HEAD = """# Command line

Generated from `axl --help`. [The command line](../guide/command-line.md) says how it is meant;
[exit codes](exit-codes.md) are on their own page.
"""


def help_of(command: tuple[str, ...]) -> str:
    """Return what `axl COMMAND --help` prints, the same on every terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "axl", *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"},
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def commands_in(text: str) -> list[str]:
    """Return the names in the list of commands, in its order."""
    listed = re.search(r"^Commands:\n((?:  .*\n)+)", text + "\n", re.MULTILINE)
    return re.findall(r"^  ([a-z-]+)", listed[1], re.MULTILINE) if listed else []


def page() -> str:
    """Return the whole page."""
    pending: list[tuple[str, ...]] = [()]
    sections = [HEAD]
    while pending:
        level = pending
        with ThreadPoolExecutor(2) as pool:
            texts = list(pool.map(help_of, level))
        pending = []
        for command, text in zip(level, texts, strict=True):
            sections.append(f"## {' '.join(('axl', *command))}\n\n```text\n{text}\n```\n")
            pending += [(*command, name) for name in commands_in(text)]
    return "\n".join(sections)


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    new = page()
    if "--check" not in arguments:
        PAGE.write_text(new, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == new:
        return 0
    print(f"{PAGE} is stale; run: uv run python docs/generate.py")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
