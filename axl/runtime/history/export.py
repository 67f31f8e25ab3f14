"""Copies stored values out of a store into ordinary files, as the bytes they are; nothing is unpickled."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import assert_never

from axl.errors import StoreError, UsageError
from axl.io.handlers import ext_of, get_handler
from axl.io.store import Store
from axl.runtime.task.values import read_bytes
from axl.wire.address import Index
from axl.wire.failed import Failed
from axl.wire.record import dump
from axl.wire.values import Lit, Many, Ref, Value, to_json


def file_stem(node: str, index: Index, port: str) -> str:
    """Return the name of an artifact's file without its ending: `load`, `load.3`, `split.0.train`.

    Names come from records, which someone may have changed, so nothing in them can lead elsewhere.
    """
    parts = [node, *map(str, index), *([] if port == "result" else [port])]
    return ".".join(
        "".join(char if char.isalnum() or char in "-_" else "_" for char in part) for part in parts
    )


def export_value(value: Value, store: Store, folder: Path, stem: str) -> Path:
    """Write a value into a folder that exists, and return its file or folder.

    A list that was stored item by item becomes a folder with a file for each item; a stored path becomes
    the file or folder that it was. Raises `UsageError` when the target is there already, `DamagedError`
    when the stored bytes are not what was written, `StoreError` when it cannot be written.
    """
    try:
        return _export(value, store, folder, stem)
    except FileExistsError as error:
        raise UsageError(f"{error.filename} is there already", hint="name an empty folder") from error
    except OSError as error:
        raise StoreError(
            f"cannot write {error.filename}: {(error.strerror or str(error)).lower()}"
        ) from error


def _export(value: Value, store: Store, folder: Path, stem: str) -> Path:
    match value:
        case Ref():
            return _export_ref(value, store, folder, stem)
        case Lit():
            return _write(folder / f"{stem}.json", value.json.encode())
        case Failed():
            return _write(folder / f"{stem}.failed.json", dump({"v": 1, "value": to_json(value)}))
        case Many():
            inner = folder / stem
            inner.mkdir()
            names = value.keys or tuple(map(str, range(len(value.items))))
            for place, (name, item) in enumerate(zip(names, value.items, strict=True)):
                _export(item, store, inner, file_stem(name if value.keys else str(place), (), "result"))
            return inner
        case _:
            assert_never(value)


def _export_ref(ref: Ref, store: Store, folder: Path, stem: str) -> Path:
    if ref.handler.partition("+")[0] == "path":
        return _export_path(ref, store, folder, stem)
    ending = ext_of(ref.handler)
    return _write(folder / (f"{stem}.{ending}" if ending else stem), read_bytes(ref, store))


def _export_path(ref: Ref, store: Store, folder: Path, stem: str) -> Path:
    inner = folder / stem
    inner.mkdir()
    unpacked = get_handler(ref.handler).load(read_bytes(ref, store), Path)
    assert isinstance(unpacked, Path)
    target = inner / unpacked.name
    shutil.move(unpacked, target)
    shutil.rmtree(unpacked.parent, ignore_errors=True)
    return target


def _write(path: Path, data: bytes | memoryview) -> Path:
    with path.open("xb") as file:
        file.write(data)
    return path
