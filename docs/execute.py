"""Run the code of one page and compare what it prints with what the page says.

    python docs/execute.py docs/quickstart.md            fails where the page and the code differ
    python docs/execute.py --write docs/quickstart.md    puts what is printed into the page

The blocks of a page run in order, in one fresh folder in which `examples/` is there:

    python title="x.py"   is written to x.py
    python                runs in the page's one Python session
    console               each line after `$ ` runs in a shell; what it prints follows
    output                is what the block before printed, or the error that it raised

In expected output `...` stands for anything. What differs from run to run (times, ids of runs, counts
of workers) may differ, and so may the order of lines, since steps run side by side. Other blocks are
only shown.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^`]*)$")
HOME = "/home/ada"
VARYING = [
    (re.compile(r"\b\d{8}-\d{6}-[0-9a-f]{6}\b"), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "<day>"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "<time>"),
    (re.compile(r"\b\d+(\.\d+)?m?s\b"), "<seconds>"),
    (re.compile(r"\b\d+/\d+\b"), "<progress>"),
    (re.compile(r"\b\d+ workers?\b"), "<workers>"),
    (re.compile(r"[#.]{20,}"), "<bar>"),
]
TITLE = re.compile(r'title="([^"]+)"')


@dataclass(slots=True)
class Block:
    """A fenced block: the first word of its info line, its title, its text, and where the text stands."""

    kind: str
    title: str
    text: str
    first: int
    last: int
    indent: str


def blocks_of(page: str) -> list[Block]:
    """Return the fenced blocks of a page; lines are counted from zero, `last` excluded."""
    found: list[Block] = []
    lines = page.splitlines()
    place = 0
    while place < len(lines):
        opening = FENCE.match(lines[place])
        place += 1
        if not opening:
            continue
        indent, info, first = opening["indent"], opening["info"].strip(), place
        while lines[place].strip() != "```":
            place += 1
        text = "\n".join(line.removeprefix(indent) for line in lines[first:place])
        title = TITLE.search(info)
        found.append(Block(info.partition(" ")[0], title[1] if title else "", text, first, place, indent))
        place += 1
    return found


def included(text: str) -> str:
    """Return a block's text, or the file that it takes in whole."""
    named = re.fullmatch(r'--8<-- "([^"]+)"', text)
    return (ROOT / named[1]).read_text(encoding="utf-8") if named else text


def fits(expected: str, actual: str) -> bool:
    """Say whether the text fits, but for what differs from run to run."""
    wanted, found = lines_of(expected), lines_of(actual)
    pattern = ".*".join(re.escape(part) for part in "\n".join(wanted).split("..."))
    return sorted(wanted) == sorted(found) or bool(re.fullmatch(pattern, "\n".join(found), re.DOTALL))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text with every time, id and count of workers or progress made the same."""
    for pattern, same in VARYING:
        text = pattern.sub(same, text)
    return [line.rstrip() for line in text.strip().splitlines()]


def commands_of(text: str) -> list[tuple[str, str]]:
    """Split a console block into commands, each with the output that follows it."""
    pairs: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            pairs.append((line[2:], ""))
        elif pairs:
            command, output = pairs[-1]
            pairs[-1] = (command, f"{output}{line}\n")
    return pairs


class Session:
    """What runs the blocks of one page, in the current folder."""

    def __init__(self) -> None:
        self.names: dict[str, object] = {"__name__": "__main__"}
        self.folder = str(Path.cwd())
        self.printed = ""
        self.failed = ""
        self.environment = os.environ | {
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def python(self, text: str) -> None:
        """Run a block of Python; what it raises is kept until the next block."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            try:
                exec(compile(text, "<page>", "exec"), self.names)  # noqa: S102 (the page is ours)
            except Exception as error:  # noqa: BLE001 (a page may show an error of any kind)
                self.failed = f"{type(error).__name__}: {error}"
        self.printed = (out.getvalue() + self.failed).replace(self.folder, HOME)

    def shell(self, command: str) -> str:
        """Run a command and return what it prints, on both streams; a bad exit code is appended."""
        done = subprocess.run(
            ["bash", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
            check=False,
            timeout=300,
        )
        return done.stdout.replace(self.folder, HOME) + (
            f"\n(exit code {done.returncode})" if done.returncode else ""
        )


def run_page(page: str) -> tuple[list[str], str]:
    """Run a page; return the complaints, and the page with everything printed as it came."""
    lines, complaints, session = page.splitlines(), [], Session()
    replaced: list[tuple[Block, str]] = []
    for block in blocks_of(page):
        if block.kind != "output" and session.failed:
            complaints.append(f"line {block.first}: before this block: {session.failed}")
            session.failed = ""
        if block.kind == "python" and block.title:
            Path(block.title).write_text(included(block.text) + "\n", encoding="utf-8")
        elif block.kind == "python":
            session.python(block.text)
        elif block.kind == "output":
            if not fits(block.text, session.printed):
                complaints.append(_difference(block.first, block.text, session.printed))
                replaced.append((block, session.printed))
            session.failed = ""
        elif block.kind == "console":
            pairs = [
                (command, expected, session.shell(command)) for command, expected in commands_of(block.text)
            ]
            wrong = [pair for pair in pairs if not fits(pair[1], pair[2])]
            complaints += [f"$ {pair[0]}\n{_difference(block.first, *pair[1:])}" for pair in wrong]
            if wrong:
                new = "\n".join(
                    f"$ {pair[0]}\n{pair[2 if pair in wrong else 1].rstrip()}".rstrip() for pair in pairs
                )
                replaced.append((block, new))
    if session.failed:
        complaints.append(f"at the end: {session.failed}")
    for block, text in reversed(replaced):
        lines[block.first : block.last] = [
            (block.indent + line).rstrip() for line in text.rstrip().splitlines()
        ]
    return complaints, "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Run the pages named on the command line."""
    write = "--write" in arguments
    count = 0
    for path in (Path(item).resolve() for item in arguments if item != "--write"):
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            Path("examples").symlink_to(ROOT / "examples")
            sys.path.insert(0, folder)
            page = path.read_text(encoding="utf-8")
            complaints, new = run_page(page)
            sys.path.remove(folder)
        if write and new != page:
            path.write_text(new, encoding="utf-8")
        for complaint in complaints:
            print(f"{shlex.quote(path.name)}: {complaint}\n")
        count += len(complaints)
    return 1 if count else 0


def _difference(line: int, expected: str, actual: str) -> str:
    return f"line {line}: the page says\n{expected.rstrip()}\nbut it printed\n{actual.rstrip()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
