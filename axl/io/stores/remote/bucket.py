"""Opens a bucket with obstore: settings from the URL, credentials from the environment or a profile."""

from __future__ import annotations

import importlib
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from obstore.store import AzureStore, GCSStore, S3Store

from axl.errors import StoreError
from axl.io.stores.remote.place import Place

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3CredentialProvider

Bucket: TypeAlias = S3Store | GCSStore | AzureStore

_DIRECT = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SKIP_SIGNATURE",
)


def open_bucket(place: Place, client: ClientConfig, retry: RetryConfig) -> Bucket:
    """Return the bucket of a place; no request is made yet.

    Raises `StoreError` for a profile that cannot be used.
    """
    options: ClientConfig = {**client, "allow_http": place.endpoint.startswith("http://")}
    match place.scheme:
        case "gs":
            if os.environ.get("GOOGLE_BASE_URL", "").startswith("http://"):  # an emulator
                options["allow_http"] = True
            return GCSStore(
                place.bucket, prefix=place.prefix or None, client_options=options, retry_config=retry
            )
        case "az":
            return _open_azure(place, options, retry)
        case _:
            return _open_s3(place, options, retry)


def _open_s3(place: Place, options: ClientConfig, retry: RetryConfig) -> S3Store:
    endpoint = (
        place.endpoint or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
    )
    if endpoint.startswith("http://"):
        options["allow_http"] = True
    settings = {"endpoint": endpoint, "region": place.region}
    return S3Store(
        place.bucket,
        prefix=place.prefix or None,
        config={name: value for name, value in settings.items() if value},  # type: ignore[arg-type]  # its keys are known
        client_options=options,
        retry_config=retry,
        credential_provider=_profile(place),
    )


def _open_azure(place: Place, options: ClientConfig, retry: RetryConfig) -> AzureStore:
    settings = {"account_name": place.account, "endpoint": place.endpoint}
    return AzureStore(
        place.bucket,
        prefix=place.prefix or None,
        config={name: value for name, value in settings.items() if value},  # type: ignore[arg-type]  # its keys are known
        client_options=options,
        retry_config=retry,
    )


def _profile(place: Place) -> S3CredentialProvider | None:
    """Return boto3's credentials where a profile is meant; obstore itself reads the environment only."""
    if any(name in os.environ for name in _DIRECT):
        return None
    named = os.environ.get("AWS_PROFILE")
    home = Path.home() / ".aws"
    if not named and not (home / "credentials").exists() and not (home / "config").exists():
        return None
    if find_spec("boto3") is None:
        if not named:
            return None
        raise StoreError(
            f"the profile {named!r} in AWS_PROFILE cannot be read without boto3 ({place.url})",
            hint="pip install boto3, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        )
    return _from_boto3(place)


def _from_boto3(place: Place) -> S3CredentialProvider | None:
    failures = importlib.import_module("botocore.exceptions")
    provider = importlib.import_module("obstore.auth.boto3").Boto3CredentialProvider
    try:
        return provider()  # type: ignore[no-any-return]  # an optional library
    except failures.BotoCoreError as error:
        raise StoreError(
            f"the AWS profile cannot be used: {error} ({place.url})", hint="mend ~/.aws, or AWS_PROFILE"
        ) from error
    except ValueError:  # the profile holds no credentials: let obstore look for those of the machine
        return None
