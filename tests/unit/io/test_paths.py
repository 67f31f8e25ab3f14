"""Files and folders come back as they were, and no archive reaches outside of its folder."""

from __future__ import annotations

import io
import os
import socket
import stat
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from axl.errors import DamagedError, UnsupportedError
from axl.io.handlers import get_handler
from axl.io.store import Store

NAMES = [
    "plain.txt",
    "with space",
    "-dash",
    "häß",
    "a" * 200,
    ".hidden",
    "new\nline",
    "back\\slash",
    "%2e%2e",
    "~",
]


@pytest.fixture(autouse=True)
def private_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def stored(path: Path, store: Store) -> bytes:
    with store.write(inline=1 << 26) as stream:
        get_handler("path").dump(path, stream)
        return stream.finish().data or b""


@pytest.mark.parametrize("name", NAMES)
def test_a_file_keeps_its_name_and_content(name: str, tmp_path: Path, round_trip: Any) -> None:
    """A copy under the same name has the same bytes, and is a file of its own."""
    path = tmp_path / name
    path.write_bytes(b"\x00\xffcontent")

    back = round_trip("path", path, Path)
    assert (name, b"\x00\xffcontent") == (back.name, back.read_bytes())
    assert path != back


def test_a_name_that_is_no_text_is_kept(tmp_path: Path, round_trip: Any) -> None:
    """A name of bytes that are not UTF-8 survives."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe"))
    path.write_text("x")

    assert path.name == round_trip("path", path, Path).name


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 10_000, 9_000_000])
def test_a_file_of_any_size_is_kept(size: int, tmp_path: Path, round_trip: Any) -> None:
    """The length of a file does not matter to the archive."""
    data = os.urandom(size)
    (tmp_path / "f").write_bytes(data)

    assert data == round_trip("path", tmp_path / "f", Path).read_bytes()


def test_a_folder_keeps_everything_below_it(tmp_path: Path, round_trip: Any) -> None:
    """Files, empty folders and the right to execute come back."""
    root = tmp_path / "data"
    (root / "deep" / "deeper").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "deep" / "deeper" / "f").write_text("x")
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o700)

    back = round_trip("path", root, Path)
    found = {path.relative_to(back).as_posix() for path in back.rglob("*")}
    assert {"deep", "deep/deeper", "deep/deeper/f", "empty", "run.sh"} == found
    assert os.access(back / "run.sh", os.X_OK)
    assert not back.joinpath("deep/deeper/f").stat().st_mode & stat.S_IXUSR


def test_equal_folders_give_equal_bytes(tmp_path: Path, store: Store) -> None:
    """Times, owners, modes and the order of making do not count."""
    for place, names in (("one", "abc"), ("two", "cba")):
        root = tmp_path / place / "data"
        root.mkdir(parents=True)
        for name in names:
            (root / name).write_text(name)
            os.utime(root / name, (ord(place[0]), 1))
    (tmp_path / "two" / "data").chmod(0o700)

    assert stored(tmp_path / "one" / "data", store) == stored(tmp_path / "two" / "data", store)


def test_other_programs_read_the_archive(tmp_path: Path, store: Store) -> None:
    """The bytes are a tar archive."""
    (tmp_path / "f").write_text("x")

    with tarfile.open(fileobj=io.BytesIO(stored(tmp_path / "f", store))) as archive:
        assert ["f"] == archive.getnames()


def test_every_receiver_has_its_own_copy(tmp_path: Path, store: Store) -> None:
    """What one receiver changes, another does not see."""
    (tmp_path / "f").write_text("x")
    data = memoryview(stored(tmp_path / "f", store))

    first, second = (get_handler("path").load(data, Path) for _ in range(2))
    assert isinstance(first, Path)
    assert isinstance(second, Path)
    first.write_text("changed")
    assert "x" == second.read_text()


def make_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def make_nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_link, "a symbolic link"),
        (make_pipe, "a pipe"),
        (make_socket, "a socket"),
        (make_nothing, "no such file"),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_what_is_no_file_is_refused(
    make: Callable[[Path], None], words: str, inside: bool, tmp_path: Path, store: Store, monkeypatch: Any
) -> None:
    """Links, pipes and sockets are named, alone or inside of a folder."""
    monkeypatch.chdir(tmp_path)
    Path("d").mkdir()
    make(Path("d/x"))
    if make is make_nothing and inside:
        return

    with pytest.raises(UnsupportedError, match=words):
        stored(Path("d") if inside else Path("d/x"), store)


@pytest.mark.parametrize("value", ["text", b"bytes", None, Path("/")])
def test_what_is_no_path_is_refused(value: Any, store: Store) -> None:
    """A string is not taken for a path, and the root folder not for data."""
    with pytest.raises(UnsupportedError):
        stored(value, store)


def entry(name: str, data: bytes = b"x", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def pax(name: str, **headers: str) -> tuple[tarfile.TarInfo, bytes]:
    info, data = entry(name)
    info.pax_headers = dict(headers)
    return info, data


FOLDER = entry("a", b"", type=tarfile.DIRTYPE)
HOSTILE = {
    "absolute": [entry("/axl-evil")],
    "absolute folder": [entry("/axl-evil", b"", type=tarfile.DIRTYPE)],
    "parent": [entry("../evil")],
    "parent inside": [FOLDER, entry("a/../../evil")],
    "parent at the end": [FOLDER, entry("a/..", b"", type=tarfile.DIRTYPE)],
    "only dots": [entry("..", b"", type=tarfile.DIRTYPE)],
    "here": [entry("./a")],
    "empty part": [FOLDER, entry("a//b")],
    "symbolic link": [entry("a", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd")],
    "link, then through it": [entry("a", b"", type=tarfile.SYMTYPE, linkname="/var"), entry("a/evil")],
    "hard link": [FOLDER, entry("a/b", b"", type=tarfile.LNKTYPE, linkname="/etc/passwd")],
    "character device": [entry("a", b"", type=tarfile.CHRTYPE, devmajor=1, devminor=3)],
    "block device": [entry("a", b"", type=tarfile.BLKTYPE)],
    "pipe": [entry("a", b"", type=tarfile.FIFOTYPE)],
    "sparse": [entry("a", type=tarfile.GNUTYPE_SPARSE)],
    "contiguous": [entry("a", type=tarfile.CONTTYPE)],
    "two roots": [entry("a"), entry("b")],
    "same name twice": [entry("a"), entry("a")],
    "file, then folder": [entry("a"), entry("a/b")],
    "folder missing": [entry("a/b/c")],
    "path in a header": [pax("a", path="../evil")],
    "absolute path in a header": [pax("a", path="/axl-evil")],
    "nothing": [],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_whole(name: str, private_temp: Path) -> None:
    """Nothing is written outside of the copy's own folder, and the error names the entry."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, data in HOSTILE[name]:
            archive.addfile(info, io.BytesIO(data))

    with pytest.raises(DamagedError, match="a stored path"):
        get_handler("path").load(memoryview(packed.getvalue()), Path)
    assert not Path("/axl-evil").exists()
    assert ["temp"] == [path.name for path in private_temp.parent.iterdir()]


def test_special_bits_are_dropped(private_temp: Path) -> None:
    """An archive cannot make a file that runs as somebody else, or that everybody may write."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info, data = entry("a", mode=0o7777, uid=0, uname="root")
        archive.addfile(info, io.BytesIO(data))

    back = get_handler("path").load(memoryview(packed.getvalue()), Path)
    assert isinstance(back, Path)
    assert 0 == stat.S_IMODE(back.stat().st_mode) & 0o7022


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * 512, b"not a tar archive at all" * 100])
def test_bytes_that_are_no_archive_are_refused(data: bytes) -> None:
    """Whatever the bytes are, the error is ours."""
    with pytest.raises(DamagedError, match="a stored path"):
        get_handler("path").load(memoryview(data), Path)


def test_an_archive_that_was_cut_is_refused(tmp_path: Path, store: Store) -> None:
    """A file that would end behind the archive's end is not written half."""
    (tmp_path / "f").write_bytes(b"x" * 5000)
    data = stored(tmp_path / "f", store)

    for cut in (100, 512, 600, 4000):
        with pytest.raises(DamagedError, match="a stored path"):
            get_handler("path").load(memoryview(data[:cut]), Path)
