"""Text for terminals and files."""

from __future__ import annotations

import io
import os

import pytest

from axl.cli.screen import Channel, Screen, harmless
from axl.errors import StoreError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    """A stream whose reader has left."""

    def write(self, _text: str, /) -> int:
        raise BrokenPipeError


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, _text: str, /) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text\n", "plain text\n"),
        ("grüße, 日本", "grüße, 日本"),
        ("\x1b[2J\x1b[31mred", "\\x1b[2J\\x1b[31mred"),
        ("title\x1b]0;owned\x07", "title\\x1b]0;owned\\x07"),
        ("a\x00b\x7fc\x9bd", "a\\x00b\\x7fc\\x9bd"),
        ("right\u202eleft", "right\\u202eleft"),
        ("10%\r20%\r30%", "30%"),
        ("dos\r\nlines\r\n", "dos\nlines\n"),
        ("bell\a back\b", "bell\\x07 back\\x08"),
        ("tab\tstays", "tab\tstays"),
        ("\r", ""),
    ],
)
def test_control_characters_are_shown_not_obeyed(text: str, shown: str) -> None:
    """Nothing that a step prints can steer the terminal; of a progress bar the last state stays."""
    assert shown == harmless(text)


def test_a_terminal_gets_harmless_text_and_a_file_gets_it_as_it_is() -> None:
    """What is printed is escaped for people's terminals, and kept exact for files and pipes."""
    terminal, file = Terminal(), io.StringIO()

    Screen(terminal, None).data("a\x1bb")
    Screen(file, None).data("a\x1bb")

    assert ("a\\x1bb\n", "a\x1bb\n") == (terminal.getvalue(), file.getvalue())


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR and dumb terminals get none, and neither do files."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    wanted = Channel(Terminal()).paint("ok", "green")
    filed = Channel(io.StringIO()).paint("ok", "green")
    monkeypatch.setenv("TERM", "dumb")
    dumb = Channel(Terminal()).paint("ok", "green")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    unwanted = Channel(Terminal()).paint("ok", "green")

    assert ("\x1b[32mok\x1b[0m", "ok", "ok", "ok") == (wanted, filed, dumb, unwanted)


def test_our_own_colours_pass_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A painted word beside a hostile one keeps its colour; the hostile one is escaped."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    channel = Channel(Terminal())

    shown = channel.shown(f"{channel.paint('failed', 'red')} \x1b[5m\x1b[2J")

    assert "\x1b[31mfailed\x1b[0m \\x1b[5m\\x1b[2J" == shown


def test_a_reader_that_leaves_ends_the_printing_quietly() -> None:
    """After a broken pipe nothing is raised, now or later."""
    screen = Screen(Gone(), Gone())

    screen.data("one")
    screen.data("two")
    screen.say("three")

    assert screen.out.stream is None


def test_a_full_disk_is_a_store_error_for_data_and_nothing_for_talk() -> None:
    """Losing data is told; losing talk is not."""
    screen = Screen(Full(), Full())

    screen.say("talk")
    with pytest.raises(StoreError, match="cannot write to standard output: no space left on device"):
        screen.data("data")


def test_closed_streams_are_silence() -> None:
    """Where Python has no stream at all, nothing is printed."""
    screen = Screen(None, None)

    screen.data("data")
    screen.say("talk")
    screen.data_bytes(b"data")

    assert not screen.out.terminal


@pytest.mark.parametrize(("columns", "width"), [("1", 40), ("0", 100), ("80", 80), ("100000", 160)])
def test_the_width_stays_within_reason(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    """However narrow or wide a terminal says it is, tables keep a readable width."""
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((100, 24)))

    assert width == Screen(None, None).width
