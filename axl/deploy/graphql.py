"""Asks a GraphQL server, over HTTP, with the standard library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from axl.errors import StoreError, UsageError
from axl.wire.values import JSON

TIMEOUT = 60.0
"""Seconds that a server may take for one answer."""


def ask(url: str, query: str, variables: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the data of an answer.

    Raises `UsageError` for a URL that is none, and `StoreError` when nobody answers or the answer is
    an error.
    """
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is not the URL of a server", hint="as in http://127.0.0.1:3000")
    import urllib.error  # noqa: PLC0415 (as below)
    import urllib.request  # noqa: PLC0415 (slow to load: only for those who ask)

    body = json.dumps({"query": query, "variables": dict(variables)}).encode()
    head = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url.rstrip('/')}/graphql", body, head)  # noqa: S310 (HTTP only: see above)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            found = json.loads(answer.read())
    except (OSError, ValueError) as error:
        why: object = error.reason if isinstance(error, urllib.error.URLError) else error
        why = why.strerror or why if isinstance(why, OSError) else why
        raise StoreError(
            f"{url} does not answer: {why}",
            hint="is the server running there? what ran is in the store too: `axl show`",
        ) from error
    if not isinstance(found, dict) or found.get("errors") or not isinstance(found.get("data"), dict):
        raise StoreError(f"{url} refused what it was asked: {str(found)[:300]}")
    return cast("dict[str, JSON]", found["data"])
