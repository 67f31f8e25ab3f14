"""Reads the URL of a remote store: scheme, bucket, prefix, and the few settings that it may carry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from axl.errors import UsageError

LEASE_SECONDS = 30.0
"""After how long without a sign of life a lock counts as left."""

_SETTINGS = {
    "s3": ("endpoint", "region", "lease"),
    "gs": ("lease",),
    "az": ("account", "endpoint", "lease"),
}
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,221}")
_ENDPOINT = re.compile(
    r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._/-]*)?|https?://\[[0-9a-f:]+\](:\d{1,5})?"
)
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a remote store is; `lease` in seconds."""

    scheme: str
    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    account: str = ""
    lease: float = LEASE_SECONDS

    @property
    def noun(self) -> str:
        """What the provider calls a bucket."""
        return _noun(self.scheme)

    @property
    def url(self) -> str:
        """The URL that says all this, without anything secret."""
        settings = {
            "endpoint": self.endpoint,
            "region": self.region,
            "account": self.account,
            "lease": "" if self.lease == LEASE_SECONDS else f"{self.lease:g}",
        }
        query = urlencode({name: value for name, value in settings.items() if value}, safe=":/")
        path = f"/{quote(self.prefix)}" if self.prefix else ""
        return f"{self.scheme}://{self.bucket}{path}" + (f"?{query}" if query else "")


def parse_place(url: str) -> Place:
    """Return the place that a URL names.

    Raises `UsageError` for what is no such URL, without repeating what could be a secret.
    """
    scheme = url.partition("://")[0]
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _refused(scheme, "it cannot be read") from None
    if "@" in parts.netloc:
        raise _refused(
            scheme,
            "it holds a user or a key",
            "credentials come from the environment or a profile, not the URL",
        )
    if not _BUCKET.fullmatch(parts.netloc):
        raise _refused(scheme, f"{parts.netloc[:100]!r} is no name of a {_noun(scheme)}")
    if parts.fragment:
        raise _refused(scheme, "it has a fragment; write # as %23")
    settings = _settings(scheme, parts.query)
    return Place(
        scheme=scheme,
        bucket=parts.netloc,
        prefix=_prefix(scheme, unquote(parts.path)),
        endpoint=_matching(scheme, settings, "endpoint", _ENDPOINT).rstrip("/"),
        region=_matching(scheme, settings, "region", _NAME),
        account=_matching(scheme, settings, "account", _NAME),
        lease=_lease(scheme, settings),
    )


def _settings(scheme: str, query: str) -> dict[str, str]:
    known = _SETTINGS[scheme]
    pairs = parse_qsl(query, keep_blank_values=True)
    for name, _ in pairs:
        if name not in known:
            raise _refused(
                scheme,
                f"it has no setting {name[:40]!r}",
                f"it may have {', '.join(known)}; credentials come from the environment or a profile",
            )
    return dict(pairs)


def _matching(scheme: str, settings: dict[str, str], name: str, form: re.Pattern[str]) -> str:
    value = settings.get(name, "")
    if not value or form.fullmatch(value):
        return value
    bare = name == "endpoint" and form.fullmatch(f"https://{value}")
    hint = f"write http:// or https:// before it, as in endpoint=http://{value}" if bare else ""
    raise _refused(scheme, f"its {name} cannot be {value[:100]!r}", hint)


def _lease(scheme: str, settings: dict[str, str]) -> float:
    text = settings.get("lease", str(LEASE_SECONDS))
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3600:
        raise _refused(scheme, f"its lease must be a number of seconds from 1 to 3600, not {text[:40]!r}")
    return seconds


def _prefix(scheme: str, path: str) -> str:
    prefix = path.strip("/")
    parts = prefix.split("/") if prefix else []
    if any(part in ("", ".", "..") or not part.isprintable() for part in parts) or len(prefix) > 200:
        raise _refused(scheme, f"it cannot have the path {path[:100]!r}")
    return prefix


def _noun(scheme: str) -> str:
    return "container" if scheme == "az" else "bucket"


def _refused(scheme: str, why: str, hint: str = "") -> UsageError:
    noun = _noun(scheme)
    return UsageError(
        f"the URL of the {scheme} store cannot be used: {why}",
        hint=hint or f"write {scheme}://{noun.upper()}/PREFIX, as in --store {scheme}://my-{noun}/axl",
    )
