"""Whatever keeps a bucket from being used is told in one message with a hint, and no secret."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from axl.errors import AxlError, DamagedError, StoreError, UnsupportedError, UsageError
from axl.io import stores
from axl.io.notices import heard_by, notice
from axl.io.stores import existing_store, open_store
from axl.io.stores.remote import client, outage
from tests.remote.servers import SECRET, Server, free_port

Answering = Callable[[int, str], str]

ANSWERS = [
    (403, "AccessDenied", "lack a permission: 403 AccessDenied", "s3:ListBucket"),
    (403, "InvalidAccessKeyId", "credentials are refused", "AWS_ACCESS_KEY_ID"),
    (403, "SignatureDoesNotMatch", "credentials are refused", "AWS_ACCESS_KEY_ID"),
    (403, "RequestTimeTooSkewed", "clock is wrong", "NTP"),
    (400, "ExpiredToken", "credentials have expired", "new ones"),
    (401, "Unauthorized", "credentials are refused", "AWS_ACCESS_KEY_ID"),
    (404, "NoSuchBucket", "there is no bucket 'bucket'", "make it first"),
    (301, "PermanentRedirect", "not in the region us-east-1", "?region="),
    (400, "AuthorizationHeaderMalformed", "not in the region us-east-1", "?region="),
    (400, "InvalidRequest", "refuses a request: 400 InvalidRequest", "URL"),
    (501, "NotImplemented", "refuses a request: 501", "URL"),
    (503, "SlowDown", "keeps answering SlowDown", "wait"),
    (500, "InternalError", "keeps answering InternalError", "wait"),
    (429, "TooManyRequests", "keeps answering 429", "wait"),
]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Return a function that starts a server which gives one answer to everything."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, body: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                data = b"" if self.command == "HEAD" else body.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = answer  # noqa: N815 (names of the library)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"s3://bucket/prefix?endpoint=http://127.0.0.1:{server.server_port}&region=us-east-1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up after two seconds what is otherwise tried for fifteen."""
    monkeypatch.setattr(outage, "FIRST_PATIENCE", 2.0)


def failure(url: str) -> AxlError:
    """Return how using a store fails."""
    with pytest.raises(AxlError) as raised:
        open_store(url).put_record("k", b"v")
    assert SECRET not in str(raised.value)
    return raised.value


@pytest.mark.parametrize(("status", "code", "what", "hint"), ANSWERS)
def test_a_refusal_is_told_with_a_way_out(
    status: int, code: str, what: str, hint: str, answering: Answering
) -> None:
    """Every kind of refusal has a message and a hint of its own, and names the store."""
    url = answering(status, f"<Error><Code>{code}</Code><Message>hush</Message></Error>")
    error = failure(url)

    assert isinstance(error, StoreError)
    assert 5 == error.exit_code
    assert what in error.what
    assert url in error.what
    assert hint in error.hint
    assert "hush" not in str(error)


def test_reading_a_list_is_told_alike(answering: Answering) -> None:
    """A listing is refused in other words by the library, and told in the same by us."""
    url = answering(403, "<Error><Code>AccessDenied</Code></Error>")
    with pytest.raises(StoreError, match="lack a permission"):
        list(open_store(url).list_records("run/"))


def test_a_server_of_another_kind_is_no_store(answering: Answering) -> None:
    """A web page is not taken for a store."""
    with pytest.raises(DamagedError, match="version is damaged"):
        open_store(answering(200, "<html>Welcome</html>")).get_record("k")


def test_nobody_listens() -> None:
    """A wrong endpoint is given up soon, and told as what cannot be reached."""
    began = time.monotonic()
    error = failure(Server(f"http://127.0.0.1:{free_port()}").url("x"))

    assert "cannot be reached" in error.what
    assert "endpoint" in error.hint
    assert time.monotonic() - began < 10


def test_a_server_without_tls(answering: Answering) -> None:
    """It is told at once that the endpoint should be written otherwise."""
    began = time.monotonic()
    error = failure(answering(200, "").replace("endpoint=http:", "endpoint=https:"))

    assert "does not speak TLS" in error.what
    assert "http://" in error.hint
    assert time.monotonic() - began < 2


def test_who_waits_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """After two seconds it is said once, to whoever listens, what is wrong and for how long it is tried."""
    monkeypatch.setattr(outage, "ABSENT_PATIENCE", 4.0)
    told: list[tuple[float, str]] = []
    began = time.monotonic()
    with heard_by(lambda text: told.append((time.monotonic() - began, text))):
        error = failure(Server(f"http://127.0.0.1:{free_port()}").url("x"))

    assert "nobody listens at http://127.0.0.1" in error.what
    ((after, text),) = told
    assert 0.7 < after < 3
    assert "nobody listens at http://127.0.0.1" in text
    assert "trying again for" in text


def test_a_server_that_neither_answers_nor_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first request that hangs is told as well."""
    monkeypatch.setitem(client.SMALL, "read_timeout", "3s")
    told: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as silent, heard_by(told.append):
        error = failure(Server(f"http://127.0.0.1:{silent.getsockname()[1]}").url("x"))

    assert "cannot be reached" in error.what
    (text,) = told
    assert text.startswith("the store has not answered yet (s3://")


def test_where_nobody_listens_the_log_tells(caplog: pytest.LogCaptureFixture) -> None:
    """As a warning, which Python prints by default."""
    notice("the store has not answered yet")

    assert [("axl", "the store has not answered yet")] == [
        (each.name, each.message) for each in caplog.records
    ]


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where neither environment nor profile has any, and the machine has none to give."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    error = failure(Server(f"http://127.0.0.1:{free_port()}").url("x"))

    assert "there are no credentials for s3" in error.what
    assert "AWS_PROFILE" in error.hint


@pytest.mark.parametrize(
    ("url", "environment", "what", "hint"),
    [
        (
            "gs://bucket/x",
            {"GOOGLE_APPLICATION_CREDENTIALS": "/none.json"},
            "/none.json",
            "GOOGLE_APPLICATION",
        ),
        ("az://container/x", {}, "Account must be specified", "AZURE_STORAGE_ACCOUNT_NAME"),
        (
            "az://container/x?account=me",
            {"AZURE_STORAGE_ACCOUNT_KEY": "no base 64!"},
            "Invalid Access Key",
            "AZURE_STORAGE_ACCOUNT_KEY",
        ),
    ],
)
def test_settings_that_make_no_request(
    url: str, environment: dict[str, str], what: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are told at once."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    began = time.monotonic()
    error = failure(url)

    assert what in error.what
    assert hint in error.hint
    assert time.monotonic() - began < 1


def test_a_profile_gives_credentials(
    moto_server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A profile of the user's files is found through boto3; one that is not there is told."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text(
        "[work]\naws_access_key_id = A\naws_secret_access_key = B\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert None is open_store(moto_server.url("profile")).put_record("k", b"v")

    monkeypatch.setenv("AWS_PROFILE", "play")
    assert "the AWS profile cannot be used" in failure(moto_server.url("profile")).what


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without obstore a remote store is refused before anything is imported."""
    monkeypatch.setattr(stores, "find_spec", lambda name: None)

    with pytest.raises(UnsupportedError) as raised:
        open_store("s3://bucket/x")
    assert 'pip install "axl[remote]"' == raised.value.hint


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("s3://", "no name of a bucket"),
        ("s3:///path", "no name of a bucket"),
        ("s3://a_b c/x", "no name of a bucket"),
        ("s3://AKIA:hush@bucket/x", "holds a user or a key"),
        ("s3://bucket/x?aws_secret_access_key=hush", "no setting 'aws_secret_access_key'"),
        ("s3://bucket/x?endpoint=hush", "endpoint cannot be"),
        ("s3://bucket/x?endpoint=http://a:b@c", "endpoint cannot be"),
        ("s3://bucket/x?region=eu west", "region cannot be"),
        ("s3://bucket/x?lease=soon", "lease must be"),
        ("s3://bucket/x?lease=0.1", "lease must be"),
        ("s3://bucket/a//b", "cannot have the path"),
        ("s3://bucket/../b", "cannot have the path"),
        ("s3://bucket/a%0Ab", "cannot have the path"),
        ("s3://bucket/x#y", "fragment"),
        ("gs://bucket/x?region=eu", "no setting 'region'"),
        ("az://bucket/x?region=eu", "no setting 'region'"),
        ("az:///path", "no name of a container"),
    ],
)
def test_a_url_that_names_no_place(url: str, words: str) -> None:
    """It is refused at once, and a key in it is not repeated."""
    for opener in (open_store, existing_store):
        with pytest.raises(UsageError) as raised:
            opener(url)
        assert words in raised.value.what
        assert "hush@" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("s3://bucket/x?endpoint=127.0.0.1:5987", "write http:// or https:// before it"),
        ("s3://bucket/x?endpoint=minio.example", "write http:// or https:// before it"),
        ("s3://bucket/x?endpoint=http://a:b@c", "write s3://BUCKET/PREFIX"),
        ("s3://", "write s3://BUCKET/PREFIX, as in --store s3://my-bucket/axl"),
        ("az://", "write az://CONTAINER/PREFIX, as in --store az://my-container/axl"),
    ],
)
def test_a_url_that_names_no_place_has_a_hint(url: str, hint: str) -> None:
    """It says what to write instead."""
    with pytest.raises(UsageError) as raised:
        open_store(url)

    assert raised.value.hint.startswith(hint)


@pytest.mark.parametrize(
    "url",
    [
        "s3://bucket",
        "s3://bucket/a/b",
        "s3://bucket/a%20b?endpoint=https://minio.example:9000&region=eu-west-1",
        "s3://bucket?lease=5",
        "gs://bucket/a",
        "az://container/a?account=me",
    ],
)
def test_a_url_is_given_back(url: str) -> None:
    """Nothing is asked of a bucket when its store is opened; its URL opens it again."""
    assert url == open_store(url).url


def test_what_is_not_a_store_is_left_alone(moto_server: Server) -> None:
    """A folder of a bucket with other things in it does not become a store; nor does looking make one."""
    with pytest.raises(StoreError, match="there is no store at"):
        existing_store(moto_server.url("nothing"))
    with open_store(moto_server.url("other/records")).write(inline=0) as stream:
        stream.write(b"x")
        stream.finish()

    assert "is not a store: it holds 'records/" in failure(moto_server.url("other")).what


def test_a_newer_format_is_refused(moto_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that a later release made says so."""
    monkeypatch.setattr("axl.io.stores.remote.version.FORMAT", 7)
    open_store(moto_server.url("newer")).put_record("k", b"v")
    monkeypatch.undo()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    with pytest.raises(StoreError, match=r"has format 7, this axl reads up to 1"):
        open_store(moto_server.url("newer")).get_record("k")


def test_the_command_line_shows_one_message(answering: Answering) -> None:
    """It ends with 5, shows neither a traceback nor a secret, and nothing on standard output."""
    url = answering(403, "<Error><Code>AccessDenied</Code></Error>")
    done = subprocess.run(
        [sys.executable, "-m", "axl", "runs", "--store", url], capture_output=True, text=True, check=False
    )

    assert (5, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("error: the credentials lack a permission: 403 AccessDenied (s3://bucket")
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr


def test_the_command_line_says_that_it_waits() -> None:
    """Where nobody listens a note comes first, and the error within seconds."""
    began = time.monotonic()
    url = Server(f"http://127.0.0.1:{free_port()}").url("x")
    done = subprocess.run(
        [sys.executable, "-m", "axl", "runs", "--store", url], capture_output=True, text=True, check=False
    )

    assert (5, "") == (done.returncode, done.stdout)
    note, error, *_ = done.stderr.splitlines()
    assert note.startswith("note: the store cannot be reached: nobody listens at http://127.0.0.1:")
    assert "; trying again for " in note
    assert error.startswith("error: the store cannot be reached: nobody listens at")
    assert time.monotonic() - began < 12
