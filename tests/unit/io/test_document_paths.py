"""A path that leads to no file that can be read is named as what it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from axl.errors import UsageError
from axl.io.documents import read_document
from tests.unit.io.written_files import written


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is a mistake on the command line, not in the parameters."""
    with pytest.raises(UsageError, match="there is no file"):
        read_document(tmp_path / "none.yaml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A directory is named as such, whatever it is called."""
    (tmp_path / "p.yaml").mkdir()

    with pytest.raises(UsageError, match="is a directory"):
        read_document(tmp_path / "p.yaml")


def test_a_dangling_link_is_named_as_such(tmp_path: Path) -> None:
    """A link to nothing is not said to be missing itself."""
    (tmp_path / "p.yaml").symlink_to(tmp_path / "none")

    with pytest.raises(UsageError, match="symbolic link"):
        read_document(tmp_path / "p.yaml")


def test_a_link_to_itself_is_an_error(tmp_path: Path) -> None:
    """A loop of links is the system's error in our words."""
    (tmp_path / "p.yaml").symlink_to(tmp_path / "p.yaml")

    with pytest.raises(UsageError, match="cannot read"):
        read_document(tmp_path / "p.yaml")


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    """A link is as good as its file."""
    (tmp_path / "p.yaml").symlink_to(written(tmp_path, "real", "a: 1"))

    assert {"a": 1} == read_document(str(tmp_path / "p.yaml"))


@pytest.mark.skipif(sys.platform == "win32", reason="no FIFO there")
def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    """A FIFO without a writer would block for ever."""
    os.mkfifo(tmp_path / "p.yaml")

    with pytest.raises(UsageError, match="not a regular file"):
        read_document(tmp_path / "p.yaml")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices there")
def test_a_device_is_never_read(tmp_path: Path) -> None:
    """A device has no end."""
    (tmp_path / "p.json").symlink_to("/dev/zero")

    with pytest.raises(UsageError, match="not a regular file"):
        read_document(tmp_path / "p.json")


def test_an_unreadable_file_says_why(tmp_path: Path) -> None:
    """The system's reason is passed on; a link to itself cannot be read by anybody, root included."""
    (tmp_path / "p.yaml").symlink_to("p.yaml")

    with pytest.raises(UsageError, match="too many levels of symbolic links"):
        read_document(tmp_path / "p.yaml")


@pytest.mark.parametrize("name", ["p.txt", "p", "p.yaml.bak"])
def test_an_unknown_extension_is_refused(tmp_path: Path, name: str) -> None:
    """The format is never guessed."""
    with pytest.raises(UsageError, match="cannot tell the format"):
        read_document(written(tmp_path, name, "a: 1"))


@pytest.mark.parametrize("name", ["a\0b.yaml", "x" * 300 + ".yaml", "\udcff.yaml", "no\nsuch.yaml"])
def test_odd_names_give_one_printable_line(name: str) -> None:
    """A name that no file can have is an error that every terminal can print."""
    with pytest.raises(UsageError) as caught:
        read_document(name)

    assert caught.value.what.encode().decode().isprintable()
