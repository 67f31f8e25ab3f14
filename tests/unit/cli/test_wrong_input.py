"""Whatever the command line is given, it answers with one clear message and the right exit code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

USAGE, INVALID, STORE = 2, 3, 5
LONG = "x" * 5000
RUN = ("run", "local", "good.py:Good", "--executor", "inline")

COMMAND_LINES: list[tuple[tuple[str, ...], int, str]] = [
    # the command
    (("",), USAGE, "no such command ''"),
    (("vaildate",), USAGE, "did you mean validate?"),
    (("RUNS",), USAGE, "no such command 'RUNS'"),
    (("no\x1b[2Jsuch",), USAGE, "no such command"),
    ((LONG,), USAGE, "no such command"),
    (("local", "good.py"), USAGE, "hint: there is `axl run local`"),
    (("--jsn",), USAGE, "axl: no such option: --jsn"),
    (("-x",), USAGE, "axl: no such option: -x"),
    (("--", "rnus"), USAGE, "did you mean runs?"),
    (("run",), USAGE, "axl run: missing command"),
    (("run", "good.py:Good"), USAGE, "axl run: no such command 'good.py:Good'"),
    (("run", "remote", "-m", "x:Y"), USAGE, "there is `axl run local`"),
    (("run", "--json"), USAGE, "axl run: no such option: --json"),
    (("help", "exit-code"), USAGE, "no such command 'exit-code'"),
    (("help", "vaildate"), USAGE, "did you mean validate?"),
    (("--install-completion=tcsh",), USAGE, "is not a shell that axl knows"),
    # options
    (("runs", "--jsno"), USAGE, "did you mean --json"),
    ((*RUN, "--fersh"), USAGE, "hint: did you mean --fresh?"),
    ((*RUN, "--excutor", "inline"), USAGE, "hint: did you mean --executor?"),
    ((*RUN, "--executor", "proces"), USAGE, "hint: did you mean process?"),
    (("gc", "--keeep", "3"), USAGE, "hint: did you mean --keep?"),
    (("runs", "--js"), USAGE, "axl runs: no such option: --js"),
    (("runs", "extra"), USAGE, "axl runs: got unexpected extra argument(s) (extra)"),
    (("runs", "--limit"), USAGE, "option '--limit' requires an argument"),
    (("runs", "--limit", "0"), USAGE, "'0' is not a whole number of one or more"),
    (("runs", "--limit", "-1"), USAGE, "--limit"),
    (("runs", "--limit", "1.5"), USAGE, "'1.5' is not a whole number"),
    (("runs", "--limit", "ten"), USAGE, "'ten' is not a whole number"),
    (("runs", "--limit", "٣"), USAGE, "is not a whole number"),
    (("runs", "--limit", "9" * 5000), USAGE, "is not a whole number"),
    (("runs", "--limit", ""), USAGE, "'' is not a whole number"),
    (("runs", "--json=yes"), USAGE, "option '--json' does not take a value"),
    (("runs", "--store"), USAGE, "option '--store' requires an argument"),
    (("validate", "--format", "svg", "good.py"), USAGE, "axl validate: no such option: --format"),
    (("render", "good.py", "--format", "pdf"), USAGE, "'pdf' is not one of 'text', 'mermaid', 'dot'"),
    ((*RUN, "--executor", "docker"), USAGE, "'docker' is not one of 'process', 'thread', 'inline'"),
    ((*RUN, "--workers", "0"), USAGE, "'0' is not a whole number of one or more"),
    ((*RUN, "--workers", "two"), USAGE, "'two' is not a whole number"),
    ((*RUN, "--grace", "-1"), USAGE, "--grace"),
    ((*RUN, "--grace", "nan"), USAGE, "'nan' is not a number of seconds"),
    ((*RUN, "--grace", "inf"), USAGE, "'inf' is not a number of seconds"),
    ((*RUN, "--grace", "10s"), USAGE, "'10s' is not a number of seconds"),
    ((*RUN, "--log-format", "xml"), USAGE, "'xml' is not one of 'text', 'json'"),
    ((*RUN, "--run-id", ""), USAGE, "cannot name a run"),
    ((*RUN, "--run-id", "../../etc"), USAGE, "cannot name a run"),
    ((*RUN, "--run-id", "a/b"), USAGE, "cannot name a run"),
    ((*RUN, "--run-id", ".."), USAGE, "cannot name a run"),
    ((*RUN, "--run-id", "latest"), USAGE, "cannot name a run"),
    ((*RUN, "--run-id", "a b"), USAGE, "cannot name a run"),
    ((*RUN, "--run-id", "a\nb"), USAGE, "cannot name a run"),
    ((*RUN, "--run-id", "a\x1b[2J"), USAGE, "cannot name a run"),
    ((*RUN, "--run-id", "%s{x}$(id)"), USAGE, "cannot name a run"),
    ((*RUN, "--run-id", "é"), USAGE, "cannot name a run"),
    ((*RUN, "--run-id", "x" * 300), USAGE, "cannot name a run"),
    ((*RUN, "--run-id=-rf"), USAGE, "cannot name a run"),
    # the workflow
    (("validate",), USAGE, "name a workflow"),
    (("render",), USAGE, "name a workflow"),
    (("run", "local"), USAGE, "name a workflow"),
    (("validate", "-m"), USAGE, "requires an argument"),
    (("validate", "good.py", "-m", "two.py"), USAGE, "two workflows are named"),
    (("validate", "-m", ""), USAGE, "names no workflow"),
    (("validate", ":"), USAGE, ""),
    (("validate", ":Good"), USAGE, "names no workflow"),
    (("validate", "goood.py:Good"), USAGE, "did you mean good.py"),
    (("validate", "good.py:Godo"), USAGE, "did you mean Good?"),
    (("validate", "good.py:Good.add"), USAGE, "there is no workflow"),
    (("validate", "none.py"), USAGE, "does not have exactly one workflow"),
    (("validate", "none.py:x"), USAGE, "is not a workflow"),
    (("validate", "none.py:Plain"), USAGE, "is not a workflow"),
    (("validate", "two.py"), USAGE, "it has One, Other"),
    (("validate", "empty.py"), USAGE, "it has none"),
    (("validate", "empty.py:Good"), USAGE, "there is no workflow 'Good'"),
    (("validate", "notes.txt"), USAGE, ""),
    (("validate", "./notes.txt"), USAGE, "is not a Python file"),
    (("validate", "folder.py"), USAGE, "is not a Python file"),
    (("validate", "fifo.py"), USAGE, "is not a Python file"),
    (("validate", "dangling.py:Good"), USAGE, "there is no file dangling.py"),
    (("validate", "no/such/folder/x.py"), USAGE, "there is no file"),
    (("validate", "9lives.py:Good"), USAGE, "cannot be imported"),
    (("validate", "two words.py:Good"), USAGE, "cannot be imported"),
    (("validate", "no_such_module:Good"), USAGE, "there is no module 'no_such_module'"),
    (("validate", "json:Good"), USAGE, "there is no workflow 'Good' in json"),
    (("validate", "json.nothing:Good"), USAGE, "there is no module"),
    (("validate", "."), USAGE, "'.' names no workflow"),
    (("validate", "..:Good"), USAGE, "names no workflow"),
    (("validate", "a\x00b.py:Good"), USAGE, ""),
    (("validate", f"{LONG}.py:Good"), USAGE, ""),
    (("validate", "\x1b[2J.py"), USAGE, "there is no file"),
    (
        ("validate", "syntax.py"),
        INVALID,
        "error: syntax.py:1: Python cannot read this: invalid syntax\n    def (:\n\nhint: mend",
    ),
    (
        ("run", "local", "syntax.py"),
        INVALID,
        "error: syntax.py:1: Python cannot read this: invalid syntax\n    def (:\n",
    ),
    (
        ("validate", "indent.py"),
        INVALID,
        "error: indent.py:2: Python cannot read this: expected an indented block",
    ),
    (("validate", "latin.py"), INVALID, "latin.py"),
    (("validate", "nul.py"), INVALID, "nul"),
    (("validate", "raising.py"), INVALID, "raised ValueError: boom at import"),
    (("validate", "exits.py"), INVALID, "raised SystemExit: 0"),
    (("validate", "missing_import.py"), INVALID, "install a_library_that_is_not_there"),
    (("validate", "recursing.py"), INVALID, "raised RecursionError"),
    (("validate", "wired_wrong.py"), INVALID, "wired_wrong.py:"),
    (("run", "local", "wired_wrong.py"), INVALID, "wired_wrong.py:"),
    (("validate", "hasty.py"), INVALID, "hasty.py:11"),
    (("render", "hasty.py"), INVALID, "hasty.py:11"),
    (("run", "local", "hasty.py"), INVALID, "hasty.py:11"),
    # parameters
    ((*RUN, "--param"), USAGE, "requires an argument"),
    ((*RUN, "--param", "ns"), USAGE, "takes name=value"),
    ((*RUN, "--param", "=1"), USAGE, "takes name=value"),
    ((*RUN, "--param", ""), USAGE, "takes name=value"),
    ((*RUN, "--param", "ns=[1]", "-p", "ns=[2]"), USAGE, "--param ns is given twice"),
    ((*RUN, "--param", "nss=[1]"), INVALID, "did you mean ns"),
    ((*RUN, "--param", "ns=many"), INVALID, "ns"),
    ((*RUN, "--param", 'ns=["a"]'), INVALID, "ns"),
    ((*RUN, "--param", "ns=[1"), INVALID, "wants list[int], not [1 (--param); as JSON: expecting ','"),
    ((*RUN, "--param", "ns=" + "[" * 100_000), INVALID, "ns"),
    ((*RUN, "--param", "ns=[" + "9" * 5000 + "]"), INVALID, "ns"),
    ((*RUN, "--param", "share=half"), INVALID, "share"),
    ((*RUN, "--param", "share=NaN"), INVALID, "share"),
    ((*RUN, "--param", "flag=perhaps"), INVALID, "flag"),
    ((*RUN, "--param", "\x1b[2J=1"), INVALID, "there is no parameter"),
    (("validate", "good.py", "--param", "nss=1"), INVALID, "did you mean ns"),
    ((*RUN, "--params"), USAGE, "requires an argument"),
    ((*RUN, "--params", ""), USAGE, ""),
    ((*RUN, "--params", "missing.yaml"), USAGE, "there is no file missing.yaml"),
    ((*RUN, "--params", "folder.yaml"), USAGE, "folder.yaml is a directory"),
    ((*RUN, "--params", "fifo.yaml"), USAGE, "fifo.yaml is not a regular file"),
    ((*RUN, "--params", "zero.yaml"), USAGE, "not a regular file"),
    ((*RUN, "--params", "dangling.yaml"), USAGE, "symbolic link to a file that is not there"),
    ((*RUN, "--params", "loop.yaml"), USAGE, "loop.yaml"),
    ((*RUN, "--params", "a\x00b.yaml"), USAGE, "cannot be the name of a file"),
    ((*RUN, "--params", f"{LONG}.yaml"), USAGE, "file name too long"),
    ((*RUN, "--params", "params.ini"), USAGE, "cannot tell the format"),
    ((*RUN, "--params", "params"), USAGE, "cannot tell the format"),
    ((*RUN, "--params", "empty.json"), INVALID, "empty.json"),
    ((*RUN, "--params", "list.yaml"), INVALID, "not parameters by name"),
    ((*RUN, "--params", "number.json"), INVALID, "not parameters by name"),
    ((*RUN, "--params", "deep.json"), INVALID, "deep.json"),
    ((*RUN, "--params", "deep.yaml"), INVALID, "deep.yaml"),
    ((*RUN, "--params", "bomb.yaml"), INVALID, "bomb.yaml:1"),
    ((*RUN, "--params", "twice.json"), INVALID, "twice"),
    ((*RUN, "--params", "twice.yaml"), INVALID, "twice.yaml:2"),
    ((*RUN, "--params", "twice.toml"), INVALID, "twice.toml"),
    ((*RUN, "--params", "nan.json"), INVALID, "NaN"),
    ((*RUN, "--params", "nan.yaml"), INVALID, "nan.yaml:1"),
    ((*RUN, "--params", "inf.toml"), INVALID, "inf.toml"),
    ((*RUN, "--params", "utf16.json"), INVALID, "UTF-16"),
    ((*RUN, "--params", "latin.yaml"), INVALID, "not UTF-8"),
    ((*RUN, "--params", "nul.yaml"), INVALID, "control character"),
    ((*RUN, "--params", "tag.yaml"), INVALID, "tag"),
    ((*RUN, "--params", "date.toml"), INVALID, "TOML date"),
    ((*RUN, "--params", "huge.json"), INVALID, "huge.json"),
    ((*RUN, "--params", "surrogate.json"), INVALID, "surrogate.json"),
    ((*RUN, "--params", "unknown.yaml"), INVALID, "did you mean ns"),
    ((*RUN, "--params", "wrong_type.yaml"), INVALID, "ns"),
    ((*RUN, "--params", "truncated.json"), INVALID, "truncated.json"),
    ((*RUN, "--params", "tabs.yaml"), INVALID, "tabs.yaml:2"),
    ((*RUN, "--params", "many.yaml"), INVALID, "more than one YAML document"),
    ((*RUN, "--params", "large.json"), INVALID, "larger than 10 MB"),
    # runs
    (("show",), USAGE, "missing argument 'RUN'"),
    (("outputs",), USAGE, "missing argument 'RUN'"),
    (("logs",), USAGE, "missing argument 'RUN'"),
    (("retry",), USAGE, "missing argument 'RUN'"),
    (("show", "latest"), USAGE, "has none yet"),
    (("show", ""), USAGE, "there is no run ''"),
    (("show", "../../etc/passwd"), USAGE, "there is no run"),
    (("show", "a\x00b"), USAGE, "there is no run"),
    (("show", "\x1b[2J"), USAGE, "there is no run"),
    (("show", LONG), USAGE, "there is no run"),
    (("show", "%"), USAGE, "there is no run"),
    (("show", "nothing", "too", "much"), USAGE, "axl show: got unexpected extra argument(s) (too much)"),
    (("outputs", "nothing"), USAGE, "there is no run"),
    (("logs", "nothing"), USAGE, "there is no run"),
    (("logs", "nothing", "--attempt", "0"), USAGE, "'0' is not a whole number"),
    (("retry", "nothing"), USAGE, "there is no run"),
    (("retry", "nothing", "--fresh"), USAGE, "axl retry: no such option: --fresh"),
    (("show", "nothing", "--follow"), USAGE, "axl show: no such option: --follow"),
    # stores
    (("runs", "--store", ""), USAGE, ""),
    (("runs", "--store", "ftp://x/y"), USAGE, "ftp"),
    (("runs", "--store", "notes.txt"), STORE, "notes.txt"),
    (("runs", "--store", "/dev/null"), STORE, "/dev/null"),
    (("runs", "--store", "/proc/nowhere/x"), STORE, "/proc/nowhere"),
    # drawing and beginning
    (("render", "good.py", "--out", "x.foo"), USAGE, "cannot tell the format from the name 'x.foo'"),
    (("render", "good.py", "--out", "/no/such/folder/x.txt"), STORE, "cannot write"),
    (("render", "good.py", "--format", "dot", "--out", "folder.py"), STORE, "cannot write"),
    (("render", "good.py", "--out", "a\x00b"), STORE, "cannot write"),
    (("init", "notes.txt"), USAGE, "is not a folder"),
    (("init", "notes.txt/x"), STORE, "cannot write the project"),
    (("init", "/proc/x"), STORE, "cannot write the project"),
    (("init", "a\x00b"), STORE, "cannot write the project"),
    (("init", "one", "two"), USAGE, "axl init: got unexpected extra argument(s) (two)"),
]


def label(case: tuple[tuple[str, ...], int, str]) -> str:
    return " ".join(case[0]).encode("unicode_escape").decode()[:60]


@pytest.mark.parametrize("case", COMMAND_LINES, ids=label)
def test_a_wrong_command_line_gets_one_message(
    axl: Callable[..., object], case: tuple[tuple[str, ...], int, str]
) -> None:
    """The exit code says the kind, one message says what; no data, no traceback, no control characters."""
    words, code, what = case

    done = axl(*words)

    assert (code, "") == (done.code, done.out)
    assert what in done.err
    assert 1 == done.err.count("error:")
    assert "Traceback" not in done.err
    assert "\x1b" not in done.err


def test_the_suite_only_grows() -> None:
    """Together with the wrong classes, parameters and documents there are more than two hundred."""
    assert len(COMMAND_LINES) >= 184
