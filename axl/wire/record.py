"""What outlives a run: the record of a node instance, of a run, and of an engine's session on it.

Every record is a JSON document with a version. A reader refuses a newer version by name and reads
every older one; a new optional field does not raise the version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, cast

from axl.errors import DamagedError, InternalError, StoreError
from axl.wire.outcome import Failure
from axl.wire.values import JSON, Value, from_json, objects_in, outputs_text, quote, quoted, to_text

RECORD_VERSION = 1
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode

NodeStatus = Literal["done", "cached", "failed", "skipped", "cancelled"]
RunStatus = Literal["running", "succeeded", "failed", "cancelled", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRecord:
    """The result of one node instance, or of one failed attempt at it.

    `code` is the fingerprint of the step's code, `inputs` name the content of its arguments, `key` is
    what both make together: where other runs find the result. A result that was found so has the
    status `cached`, and `origin` is the key of the record that it was first written to.
    `log` holds what it printed, `worker` names the process that ran it, `missed` says why a result that
    was there before was not used. Times are seconds; `started`
    counts from the epoch.
    """

    status: NodeStatus
    step: str
    attempt: int = 1
    outputs: tuple[tuple[str, Value], ...] = ()
    failure: Failure | None = None
    code: str = ""
    key: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    origin: str = ""
    log: Value | None = None
    started: float = 0.0
    seconds: float = 0.0
    max_rss: int = 0
    worker: str = ""
    missed: str = ""

    def encode(self) -> bytes:
        """Return the record as UTF-8 JSON."""
        text = (
            f'{{"v":{RECORD_VERSION},"status":"{self.status}","step":{quoted(self.step)},"attempt":{self.attempt}'
            f',"started":{self.started:.6f},"seconds":{self.seconds:.6f}'
        )
        if self.missed:
            text += f',"missed":{quoted(self.missed)}'
        if self.outputs:
            text += f',"outputs":{outputs_text(self.outputs)}'
        if self.failure:
            text += f',"failure":{self.failure.to_text()}'
        if self.log is not None:
            text += f',"log":{to_text(self.log)}'
        if self.code:
            text += f',"code":{quoted(self.code)}'
        if self.key:
            text += f',"key":"{self.key}"'
        if self.inputs:
            text += f',"inputs":{_encode(dict(self.inputs))}'
        if self.origin:
            text += f',"origin":{quote(self.origin)}'
        if self.worker:
            text += f',"worker":{quoted(self.worker)}'
        if self.max_rss:
            text += f',"max_rss":{self.max_rss}'
        return (text + "}").encode("utf-8", "surrogatepass")


def decode_node(body: bytes, key: str) -> NodeRecord:
    """Read a node record; `key` is named when it cannot be read."""
    doc = load(body, key, _NODE)
    with _damage(key):
        return _node(doc)


def decode_fate(body: bytes, key: str) -> NodeRecord:
    """Read a node record but for its values: a third of the time, for who counts a hundred thousand."""
    doc = load(body, key, _NODE)
    with _damage(key):
        return _node(doc | {"outputs": {}, "log": None})


def _node(doc: dict[str, JSON]) -> NodeRecord:
    outputs = cast("dict[str, JSON]", doc.get("outputs", {}))
    failure = cast("dict[str, JSON] | None", doc.get("failure"))
    return NodeRecord(
        status=cast("NodeStatus", doc["status"]),
        step=cast("str", doc["step"]),
        attempt=cast("int", doc["attempt"]),
        outputs=tuple((name, from_json(value)) for name, value in outputs.items()),
        failure=Failure.from_json(failure) if failure else None,
        code=cast("str", doc.get("code", "")),
        key=cast("str", doc.get("key", "")),
        inputs=tuple(cast("dict[str, str]", doc.get("inputs", {})).items()),
        origin=cast("str", doc.get("origin", "")),
        log=from_json(doc["log"]) if doc.get("log") is not None else None,
        started=cast("float", doc["started"]),
        seconds=cast("float", doc["seconds"]),
        max_rss=cast("int", doc.get("max_rss", 0)),
        worker=cast("str", doc.get("worker", "")),
        missed=cast("str", doc.get("missed", "")),
    )


@dataclass(frozen=True, slots=True)
class Result:
    """A committed result, as an engine goes on from it: the outputs, and the record that holds them."""

    body: bytes
    outputs: tuple[tuple[str, Value], ...]
    attempt: int
    started: float
    seconds: float

    @property
    def objects(self) -> list[tuple[str, int]]:
        """The objects of the store that the outputs need, by digest and size."""
        return [found for _, value in self.outputs for found in objects_in(value)]


def decode_result(body: bytes, key: str) -> Result:
    """Read what an engine needs of a node record; the rest of it stays text."""
    doc = load(body, key, _NODE)
    outputs = cast("dict[str, JSON]", doc.get("outputs", {}))
    try:
        return Result(
            body,
            tuple([(name, from_json(value)) for name, value in outputs.items()]),
            cast("int", doc["attempt"]),
            cast("float", doc["started"]),
            cast("float", doc["seconds"]),
        )
    except _UNREADABLE as error:  # (a context manager here is a tenth of a cached step)
        raise _damaged(key, error) from error


def entry_body(body: bytes, origin: str) -> bytes:
    """Return the record of a result as other runs find it: with the key of the record it is written to."""
    return b'%b,"origin":%b}' % (body[:-1], quote(origin).encode("utf-8", "surrogatepass"))


def cached_body(result: Result, step: str, now: float) -> bytes:
    """Return the record of an instance whose result was found; from its outputs on it is the old one."""
    head = (
        f'{{"v":{RECORD_VERSION},"status":"cached","step":{quoted(step)},"attempt":{result.attempt}'
        f',"started":{now:.6f},"seconds":0.0'
    )
    return head.encode("utf-8", "surrogatepass") + result.body[result.body.index(b',"outputs":') :]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What a run is: the workflow and the parameters, fixed when it starts.

    `ir` is the digest of the workflow's canonical JSON, an object of the store; `params` is
    canonical JSON.
    """

    run: str
    workflow: str
    source: str
    path: str
    hash: str
    ir: str
    params: str
    created: float
    axl: str

    def encode(self) -> bytes:
        return dump(
            {
                "v": RECORD_VERSION,
                "run": self.run,
                "workflow": self.workflow,
                "source": self.source,
                "path": self.path,
                "hash": self.hash,
                "ir": self.ir,
                "params": self.params,
                "created": self.created,
                "axl": self.axl,
            }
        )


def decode_run(body: bytes, key: str) -> RunRecord:
    """Read a run record; `key` is named when it cannot be read."""
    doc = cast("dict[str, str]", load(body, key, _RUN))
    return RunRecord(
        run=doc["run"],
        workflow=doc["workflow"],
        source=doc["source"],
        path=doc["path"],
        hash=doc["hash"],
        ir=doc["ir"],
        params=doc["params"],
        created=float(doc["created"]),
        axl=doc["axl"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """An engine that took a run up: when, where and how."""

    started: float
    pid: int
    host: str
    executor: str
    workers: int

    def encode(self) -> bytes:
        return dump(
            {
                "v": RECORD_VERSION,
                "started": self.started,
                "pid": self.pid,
                "host": self.host,
                "executor": self.executor,
                "workers": self.workers,
            }
        )


def decode_session(body: bytes, key: str) -> SessionRecord:
    """Read a session record; `key` is named when it cannot be read."""
    doc = load(body, key, _SESSION)
    return SessionRecord(
        started=cast("float", doc["started"]),
        pid=cast("int", doc["pid"]),
        host=cast("str", doc["host"]),
        executor=cast("str", doc["executor"]),
        workers=cast("int", doc["workers"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnd:
    """How an engine left a run; `result` is there when the run succeeded.

    `seconds` is how long it was there by a clock that nobody sets; older records do not tell.
    """

    status: RunStatus
    ended: float
    seconds: float | None = None
    counts: tuple[tuple[str, int], ...] = ()
    error: str = ""
    result: Value | None = None

    def encode(self) -> bytes:
        out: dict[str, JSON] = {
            "v": RECORD_VERSION,
            "status": self.status,
            "ended": self.ended,
            "counts": dict(self.counts),
            "error": self.error,
        }
        if self.seconds is not None:
            out["seconds"] = self.seconds
        head = dump(out)
        if self.result is None:
            return head
        return b'%b,"result":%b}' % (head[:-1], to_text(self.result).encode("utf-8", "surrogatepass"))


def decode_session_end(body: bytes, key: str) -> SessionEnd:
    """Read how a session ended; `key` is named when it cannot be read."""
    doc = load(body, key, _END)
    with _damage(key):
        return SessionEnd(
            status=cast("RunStatus", doc["status"]),
            ended=cast("float", doc["ended"]),
            seconds=cast("float | None", doc.get("seconds")),
            counts=tuple(cast("dict[str, int]", doc["counts"]).items()),
            error=cast("str", doc["error"]),
            result=from_json(doc["result"]) if "result" in doc else None,
        )


def decode_end_status(body: bytes, key: str) -> RunStatus:
    """Read of a session's end how it ended, without the result."""
    return cast("RunStatus", load(body, key, _END)["status"])


def dump(doc: dict[str, JSON]) -> bytes:
    """Return a record's document as bytes."""
    return _encode(doc).encode("utf-8", "surrogatepass")


_NUMBER = (int, float)
_NODE = {"status": (str,), "step": (str,), "attempt": (int,), "started": _NUMBER, "seconds": _NUMBER}
_RUN = dict.fromkeys(("run", "workflow", "source", "path", "hash", "ir", "params", "axl"), (str,)) | {
    "created": _NUMBER
}
_SESSION = {"started": _NUMBER, "pid": (int,), "host": (str,), "executor": (str,), "workers": (int,)}
_END = {"status": (str,), "ended": _NUMBER, "counts": (dict,), "error": (str,)}


def load(body: bytes, key: str, fields: Mapping[str, tuple[type, ...]]) -> dict[str, JSON]:
    """Return a record's document, if its version is one that this release reads and it has these fields."""
    try:
        doc = json.loads(str(body, "utf-8", "surrogatepass"))
        version = doc["v"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(key, error) from error
    if not isinstance(version, int) or version > RECORD_VERSION:
        raise StoreError(
            f"the record {key} has version {version}, this axl reads up to {RECORD_VERSION}",
            hint="use the axl release that wrote this store, or a newer one",
        )
    for name, kinds in fields.items():
        if not isinstance(doc.get(name), kinds):
            raise _damaged(key, f"its {name!r} is {doc.get(name)!r:.60}")
    return cast("dict[str, JSON]", doc)


_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError, InternalError)


@contextmanager
def _damage(key: str) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        raise _damaged(key, error) from error


def _damaged(key: str, why: object) -> DamagedError:
    return DamagedError(
        f"the record {key} cannot be read: {why}",
        hint="run `axl verify`; with --repair it removes what is damaged",
    )
