"""The object that says that a bucket, or a folder in it, is a store, and of which format."""

from __future__ import annotations

from axl.errors import DamagedError, StoreError
from axl.io.stores.layout import FORMAT
from axl.io.stores.remote.client import Client
from axl.io.stores.remote.frames import seal, unseal

_PATH = "version"


def read_version(client: Client) -> int | None:
    """Return the format of the store that is there, or `None`.

    Raises `StoreError` for a format that this release does not read, and `DamagedError` for anything
    that axl did not write.
    """
    version = client.get(_PATH, _decode)
    if version is not None and version > FORMAT:
        raise StoreError(
            f"the store {client.place.url} has format {version}, this axl reads up to {FORMAT}",
            hint="use the axl release that wrote it, or a newer one",
        )
    return version


def make_version(client: Client) -> None:
    """Make a store where nothing else is; who comes second leaves it alone."""
    place, first = client.place, next(client.entries(""), None)
    if first is not None and first.path.partition("/")[0] not in (_PATH, "objects", "locks"):
        raise StoreError(
            f"{place.url} is not a store: it holds {first.path[:100]!r}",
            hint=f"add a prefix of its own to the URL, as in {place.scheme}://{place.noun.upper()}/axl",
        )
    client.create(_PATH, seal(_PATH, str(FORMAT).encode()))


def _decode(data: bytes) -> int:
    text = unseal(data, _PATH).body
    if not text.isdigit():
        raise DamagedError("the format of the store is damaged")
    return int(text)
