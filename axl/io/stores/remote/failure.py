"""Tells what went wrong in an object store: whether it passes, and what to do about it.

obstore has few kinds of errors and says the rest in its messages, which may hold addresses with signed
parts. So nothing of a message is repeated but the status, the code that the server gave, and a few words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from axl.errors import StoreError
from axl.io.stores.remote.place import Place

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound")
_WRONG_KEY = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthenticationFailed", "InvalidToken")
_REGION = ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException")
_PASSING_CODES = (
    "RequestTimeout", "BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "SlowDown", "InternalError",
    "OperationAborted", "ConditionalRequestConflict",
    "NoSuchUpload",
)  # fmt: skip
_PASSING_STATUS = (408, 409, 425, 429, 500, 502, 503, 504)
_METADATA = ("169.254.169.254", "metadata.google.internal", "169.254.170.2")
_ENVIRONMENT = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with boto3 installed",
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS, or log in with gcloud",
    "az": "set AZURE_STORAGE_ACCOUNT_NAME, and AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN",
}
_RIGHTS = {
    "s3": "it needs s3:GetObject, s3:PutObject and s3:DeleteObject on the prefix, s3:ListBucket on the bucket",
    "gs": "it needs the role Storage Object User on the bucket",
    "az": "it needs the role Storage Blob Data Contributor on the container",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failed request: a message, a hint, and whether the same request may succeed later.

    `absent` says that nobody listens there.
    """

    what: str
    hint: str = ""
    passing: bool = False
    absent: bool = False

    def error(self, place: Place) -> StoreError:
        """Return the error that the user sees."""
        return StoreError(f"{self.what} ({place.url})", hint=self.hint)


def trouble_of(error: BaseException, place: Place) -> Trouble:
    """Read an error of obstore, or of a local file that was to be sent."""
    if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
        return Trouble(f"the store cannot be used: {error.strerror or type(error).__name__}", passing=True)
    text, _, debug = str(error).partition("\n\nDebug source")
    found = _STATUS.search(text)
    status = int(found[1]) if found else 0
    code = found[1] if (found := _CODE.search(text)) else ""
    known = _by_code(code, place) or _by_text(text, status, place) or _by_status(status, code, place)
    return known or _unreached(text, debug, place)


def _unreached(text: str, debug: str, place: Place) -> Trouble:
    where = place.endpoint or "the provider's endpoint"
    hint = "check the network and the endpoint in the URL, then run the same command again"
    if "InvalidContentType" in debug:
        return Trouble(f"the server at {where} does not speak TLS", "write the endpoint as http://HOST:PORT")
    if "InvalidCertificate(" in debug:
        return Trouble(f"the certificate of {where} is not trusted here", "use one that this machine trusts")
    absent = "Connection refused" in debug
    if absent:
        why = f"nobody listens at {where}"
    else:
        why = f"the name of {where} is not known" if "dns error" in debug else _words(text)
    return Trouble(f"the store cannot be reached: {why}", hint, passing=True, absent=absent)


def unusable(error: Exception, place: Place) -> StoreError:
    """Return the error for settings or credentials that do not even make a request."""
    text = str(error).partition("\n\nDebug source")[0]
    return Trouble(f"the store cannot be opened: {_words(text)}", _ENVIRONMENT[place.scheme]).error(place)


def is_bucket_missing(error: FileNotFoundError) -> bool:
    """Say whether not only the object is missing."""
    return any(code in str(error) for code in _NO_BUCKET)


def _by_code(code: str, place: Place) -> Trouble | None:
    where = place.endpoint or "this provider"
    if code in _NO_BUCKET:
        return Trouble(
            f"there is no {place.noun} {place.bucket!r} at {where}",
            "make it first, or mend its name in --store",
        )
    if code in _WRONG_KEY:
        return Trouble("the credentials are refused: wrong key or secret", _ENVIRONMENT[place.scheme])
    if code in ("ExpiredToken", "TokenRefreshRequired"):
        return Trouble("the credentials have expired", "get new ones, then run the same command again")
    if code in ("RequestTimeTooSkewed", "RequestExpired"):
        return Trouble(
            "this machine's clock is wrong", "set it, best by NTP, then run the same command again"
        )
    if code in _REGION:
        return _wrong_region(place)
    if code in _PASSING_CODES:
        return Trouble(
            f"the store keeps answering {code}", "wait a while, then run the same command", passing=True
        )
    return None


def _by_text(text: str, status: int, place: Place) -> Trouble | None:
    if any(host in text for host in _METADATA) or (not status and "credential" in text):
        return Trouble(f"there are no credentials for {place.scheme}", _ENVIRONMENT[place.scheme])
    if status in (301, 302, 307, 308) or "redirect" in text:
        return _wrong_region(place)
    if "builder error" in text:
        return Trouble("the endpoint in the URL cannot be used", "write it as https://HOST:PORT")
    return None


def _by_status(status: int, code: str, place: Place) -> Trouble | None:
    answer = f"{status} {code}".strip()
    if status == 401:
        return Trouble("the credentials are refused", _ENVIRONMENT[place.scheme])
    if status == 403:
        return Trouble(f"the credentials lack a permission: {answer}", _RIGHTS[place.scheme])
    if status in _PASSING_STATUS:
        return Trouble(
            f"the store keeps answering {answer}", "wait a while, then run the same command", passing=True
        )
    if status == 404:
        return Trouble(
            f"there is no {place.noun} {place.bucket!r} at {place.endpoint or 'this provider'}",
            "make it first, or mend its name in --store",
        )
    if status:
        return Trouble(f"the store refuses a request: {answer}", "check the URL of the store")
    return None


def _wrong_region(place: Place) -> Trouble:
    region = place.region or "the default"
    return Trouble(
        f"the bucket {place.bucket!r} is not in the region {region}",
        "name its region in the URL, as in ?region=eu-west-1, or in AWS_REGION",
    )


def _words(text: str) -> str:
    """Return the end of a message: what happened, without addresses."""
    last = text.strip().splitlines()[0].rpartition(" - ")[2] if text.strip() else "no answer"
    return re.sub(r"\w+://\S+", "...", last)[:120]
