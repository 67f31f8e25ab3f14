"""The command line in odd surroundings: closed files, full disks, strange locales, nothing set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from axl.io.stores import open_store

AXL = [sys.executable, "-m", "axl"]
RUN = ["run", "local", "good.py:Good", "--executor", "inline"]
COMMANDS = {
    "help": ["--help"],
    "runs": ["runs"],
    "validate": ["validate", "good.py:Good"],
    "run": RUN,
    "wrong": ["runs", "--limit", "x"],
}
CODES = {"help": 0, "runs": 0, "validate": 0, "run": 0, "wrong": 2}


def environment(tmp_path: Path, **changes: str | None) -> dict[str, str]:
    """Return a small environment of its own with an empty store, changed; `None` takes a variable out."""
    open_store(str(tmp_path / "store")).close()
    given: dict[str, str | None] = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AXL_STORE": str(tmp_path / "store"),
        "PYTHONPATH": str(Path(__file__).parents[3]),
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def shell(line: str, zoo: Path, env: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which `axl` is the command line."""
    whole = f'axl() {{ "{sys.executable}" -m axl "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", whole], cwd=zoo, env=env, capture_output=True, timeout=60, check=False
    )


def axl(
    words: list[str] | list[bytes], zoo: Path, env: dict[str, str], **how: object
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [*AXL, *words], cwd=zoo, env=env, capture_output=True, timeout=60, check=False, **how
    )  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_files_change_nothing(command: str, closed: str, zoo: Path, tmp_path: Path) -> None:
    """With standard files closed the work is done, the exit code is the same, and nothing breaks."""
    words = " ".join(COMMANDS[command])

    done = shell(f"axl {words} {closed}", zoo, environment(tmp_path))

    assert CODES[command] == done.returncode
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize("command", ["help", "validate", "run"])
def test_a_reader_that_leaves_is_no_failure(command: str, zoo: Path, tmp_path: Path) -> None:
    """`| head -0` stops the printing; the work goes on to its end, quietly."""
    words = " ".join(COMMANDS[command])

    done = shell(f"axl {words} | head -0; exit ${{PIPESTATUS[0]}}", zoo, environment(tmp_path))

    assert 0 == done.returncode
    assert b"Traceback" not in done.stderr
    assert b"Broken" not in done.stderr


def test_a_run_whose_talk_nobody_hears_goes_on(zoo: Path, tmp_path: Path) -> None:
    """With standard error gone at once the result still comes."""
    done = shell(
        "exec 3>&1; axl run local good.py:Good --executor inline 2>&1 >&3 | head -0",
        zoo,
        environment(tmp_path),
    )

    assert b"9\n" == done.stdout


@pytest.mark.parametrize("command", ["help", "validate", "run"])
def test_a_full_disk_is_told(command: str, zoo: Path, tmp_path: Path) -> None:
    """Data that cannot be written is exit code 5 and one message."""
    words = " ".join(COMMANDS[command])

    done = shell(f"axl {words} > /dev/full", zoo, environment(tmp_path))

    assert 5 == done.returncode
    assert 1 == done.stderr.count(b"error: cannot write to standard output: no space left on device")
    assert b"Traceback" not in done.stderr


def test_talk_on_a_full_disk_is_no_failure(zoo: Path, tmp_path: Path) -> None:
    """Only what was asked for has to be written."""
    done = shell(f"axl {' '.join(RUN)} 2> /dev/full", zoo, environment(tmp_path))

    assert (0, b"9\n") == (done.returncode, done.stdout)


@pytest.mark.parametrize(
    "words",
    [
        [b"\xff\xfe"],
        [b"runs", b"\xff"],
        [b"validate", b"\xff.py"],
        [b"validate", b"-m", b"\xff:\xfe"],
        [b"show", b"\xff"],
        [b"run", b"local", b"good.py:Good", b"--run-id", b"\xff"],
        [b"run", b"local", b"good.py:Good", b"--param", b"\xff=1"],
        [b"run", b"local", b"good.py:Good", b"--param", b"name=\xff"],
        [b"run", b"local", b"good.py:Good", b"--params", b"\xff.yaml"],
    ],
)
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_arguments_that_are_not_text_are_refused(
    words: list[bytes], locale: str, zoo: Path, tmp_path: Path
) -> None:
    """Bytes that no encoding explains are named, escaped, and refused."""
    done = axl(words, zoo, environment(tmp_path, LC_ALL=locale))

    assert done.returncode in {2, 3}
    assert b"Traceback" not in done.stderr
    assert 1 == done.stderr.count(b"error:")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "changes",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"HOME": None},
        {"HOME": "/no/such/home"},
        {"COLUMNS": "1"},
        {"COLUMNS": "no number", "LINES": "-5"},
        {"NO_COLOR": "1", "TERM": "xterm"},
        {"TERM": None, "TZ": "Nowhere/Land", "PATH": None},
    ],
    ids=str,
)
def test_odd_surroundings_change_nothing(
    command: str, changes: dict[str, str | None], zoo: Path, tmp_path: Path
) -> None:
    """Locales, homes, widths and missing variables leave result and exit code as they are."""
    done = axl(COMMANDS[command], zoo, environment(tmp_path, **changes))

    assert CODES[command] == done.returncode, done.stderr
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr


def test_text_that_the_locale_cannot_say_is_escaped(zoo: Path, tmp_path: Path) -> None:
    """A message about a name of another script does not fail for lack of letters."""
    done = axl(["show", "日本"], zoo, environment(tmp_path, PYTHONIOENCODING="ascii"))

    assert 2 == done.returncode
    assert b"\\u65e5" in done.stderr


def test_a_folder_that_is_gone_is_told(zoo: Path, tmp_path: Path) -> None:
    """Standing in a deleted folder is a message, not a traceback."""
    done = shell("mkdir gone; cd gone; rmdir ../gone; axl validate good.py:Good", zoo, environment(tmp_path))

    assert done.returncode in {2, 5}
    assert b"Traceback" not in done.stderr


def test_a_user_without_a_name_can_run(zoo: Path, tmp_path: Path) -> None:
    """As in a container with a user id of its own: no entry in the list of users, no home."""
    code = (
        "import pwd, sys\n"
        "def unknown(uid): raise KeyError(f'uid not found: {uid}')\n"
        "pwd.getpwuid = unknown\n"
        "from axl.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, "runs"],
        cwd=zoo,
        env=environment(tmp_path, HOME=None),
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert 0 == done.returncode, done.stderr


def test_a_bug_becomes_a_file(zoo: Path, tmp_path: Path) -> None:
    """An unknown exception is exit code 70, one line and a private file; the traceback is in the file only."""
    code = (
        "import sys\n"
        "from axl.cli import help as h, main as m\n"
        "h.sources = lambda: 1 / 0\n"
        "sys.exit(m.main(sys.argv[1:]))\n"
    )
    env = environment(tmp_path, TMPDIR=str(tmp_path))

    done = subprocess.run(
        [sys.executable, "-c", code, "help", "settings"],
        cwd=zoo,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    (crash,) = tmp_path.glob("axl-crash-*.txt")
    assert 70 == done.returncode
    assert "this is a mistake of axl itself: ZeroDivisionError" in done.stderr
    assert str(crash) in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in crash.read_text(encoding="utf-8")
    assert 0o600 == crash.stat().st_mode & 0o777


def test_a_bug_without_room_for_a_file_is_told_too(zoo: Path, tmp_path: Path) -> None:
    """Where no file can be written, the message says so."""
    code = (
        "import sys, tempfile\n"
        "from axl.cli import help as h, main as m\n"
        "def full(**_): raise OSError(28, 'No space left on device')\n"
        "tempfile.mkstemp = full\n"
        "h.sources = lambda: 1 / 0\n"
        "sys.exit(m.main(sys.argv[1:]))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, "help", "settings"],
        cwd=zoo,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert 70 == done.returncode
    assert "no crash file could be written" in done.stderr


def test_debug_shows_the_traceback(zoo: Path, tmp_path: Path) -> None:
    """--debug and AXL_DEBUG show where an error came from."""
    flagged = axl(["runs", "--store", "notes.txt", "--debug"], zoo, environment(tmp_path))
    asked = axl(["runs", "--store", "notes.txt"], zoo, environment(tmp_path, AXL_DEBUG="1"))

    assert b"Traceback" in flagged.stderr
    assert b"Traceback" in asked.stderr
