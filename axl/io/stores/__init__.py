"""Opens a store by its URL: a literal table of schemes, then the entry points of other packages."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

from axl.errors import StoreError, UnsupportedError, UsageError
from axl.io.store import Store

if TYPE_CHECKING:
    from axl.io.stores.remote.store import RemoteStore

GROUP = "axl.stores"
DEFAULT = ".axl"
VARIABLE = "AXL_STORE"

_SCHEMES = ("file", "memory", "s3", "gs", "az")


def open_store(url: str | None = None) -> Store:
    """Open the store of a URL or a folder; `None` means `$AXL_STORE`, or `.axl` in the current folder.

    A store in a bucket is first looked for when it is first used. Raises `UsageError` for a scheme that
    nobody offers, `UnsupportedError` where its extra is not installed, and `StoreError` when the place
    cannot be used.

        >>> open_store("memory://notes").url
        'memory://notes'
    """
    place = os.environ.get(VARIABLE) or DEFAULT if url is None else url
    scheme, separator, rest = place.partition("://")
    if not separator:
        return _open_folder(place)
    match scheme:
        case "file":
            return _open_folder(_folder_of(place, rest))
        case "memory":
            return cast("Store", resolve_name("axl.io.stores.memory:MemoryStore")(rest))
        case "s3" | "gs" | "az":
            return _open_remote(scheme, place)
        case _:
            return _open_foreign(scheme, place)


def existing_store(url: str | None = None) -> Store:
    """Open a store that is there already, and make nothing; for commands that only read.

    Raises `StoreError` when there is none, and what `open_store` raises.
    """
    place = os.environ.get(VARIABLE) or DEFAULT if url is None else url
    if not _is_there(place):
        raise StoreError(
            f"there is no store at {place}",
            hint="go to the folder in which you ran the workflow, or name its store with --store",
        )
    return open_store(place)


def _is_there(place: str) -> bool:
    scheme, separator, rest = place.partition("://")
    if not separator:
        return _folder(place).joinpath("version").exists()
    match scheme:
        case "file":
            return _folder(_folder_of(place, rest)).joinpath("version").exists()
        case "memory":
            return bool(resolve_name("axl.io.stores.memory:is_there")(rest))
        case "s3" | "gs" | "az":
            return _open_remote(scheme, place).is_there()
        case _:  # whoever offers the scheme looks for itself
            return True


def _folder(text: str) -> Path:
    if not text or "\0" in text:
        raise UsageError(f"{text!r} is not the name of a folder", hint="name a folder, as in --store .axl")
    return Path(text).expanduser()


def _open_folder(folder: str) -> Store:
    return cast("Store", resolve_name("axl.io.stores.local:LocalStore")(_folder(folder)))


def _folder_of(url: str, rest: str) -> str:
    host, slash, path = rest.partition("/")
    if host not in ("", "localhost") or not slash:
        raise UsageError(
            f"{url} names no folder of this machine", hint="write file:///folder, or just the folder"
        )
    return unquote("/" + path)


def _open_remote(scheme: str, url: str) -> RemoteStore:
    if find_spec("obstore") is None:
        raise UnsupportedError(
            f"a store at {scheme}:// needs the package obstore", hint='pip install "axl[remote]"'
        )
    return cast("RemoteStore", resolve_name("axl.io.stores.remote.store:RemoteStore")(url))


def _open_foreign(scheme: str, url: str) -> Store:
    find = resolve_name("axl.io.providers:find_provider")
    opener = cast("Callable[[str], Store]", find(GROUP, scheme, "store", _SCHEMES))
    return opener(url)
