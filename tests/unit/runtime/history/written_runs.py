"""Runs written record by record, as an engine would write them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count

from blake3 import blake3

from axl.errors import DamagedError
from axl.io.stores.memory import MemoryStore
from axl.ir.codec import encode
from axl.ir.nodes import Block, Const, In, IRWorkflow, Map, Out, Output, Task
from axl.wire.address import attempt_key, node_key, run_key, session_end_key, session_key
from axl.wire.outcome import Failure
from axl.wire.record import NodeRecord, NodeStatus, RunRecord, RunStatus, SessionEnd, SessionRecord
from axl.wire.values import Ref, Value

NUMBERS = count()
RESULT = Output(name="result", type="int", handler="json", ext="json")
FAILURE = Failure(kind="exception", error="ValueError", message="no", traceback="<script>")


class Dictionary(MemoryStore):
    """A store in memory, into which a test can put anything under any name."""

    def __init__(self) -> None:
        super().__init__(f"history-{next(NUMBERS)}")
        self.records: dict[str, bytes] = {}
        self.objects: dict[str, bytes] = {}

    def read(self, digest: str) -> memoryview:
        if digest not in self.objects:
            raise DamagedError(f"the object {digest} is missing")
        return memoryview(bytearray(self.objects[digest]))

    def put_record(self, key: str, body: bytes) -> bytes | None:
        return None if self.records.setdefault(key, body) is body else self.records[key]

    def get_record(self, key: str) -> bytes | None:
        return self.records.get(key)

    def list_records(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        for key in sorted(self.records):
            if key.startswith(prefix):
                yield key, self.records[key]


def program() -> IRWorkflow:
    load = Task(id="load", step="load", args=(("x", In("x")),), outputs=(RESULT,))
    each = Map(
        id="load_map",
        over=(Const("[1]"),),
        items=("x",),
        body=Block(inputs=("x",), nodes=(load,), result=Out("load")),
    )
    nodes = (
        Task(id="first", step="first", outputs=(RESULT,)),
        each,
        Task(id="last", step="last_", outputs=(RESULT,)),
    )
    return IRWorkflow(name="birds", source="birds:Birds", body=Block(nodes=nodes, result=Out("last")))


def stored(value: object) -> Ref:
    data = json.dumps(value).encode()
    return Ref(blake3(data).hexdigest(), len(data), "json", data=data)


def text(words: str) -> Ref:
    data = words.encode()
    return Ref(blake3(data).hexdigest(), len(data), "text", data=data)


class Writer:
    """Writes the records of one run, as an engine would."""

    def __init__(self, store: Dictionary, run: str = "birds-1", created: float = 1000.0) -> None:
        self.store = store
        self.run = run
        ir = encode(program())
        digest = blake3(ir).hexdigest()
        store.objects[digest] = ir
        record = RunRecord(
            run=run,
            workflow="birds",
            source="birds:Birds",
            path="",
            hash="h" * 64,
            ir=digest,
            params='{"xs":[1,2]}',
            created=created,
            axl="0.1.0",
        )
        store.put_record(run_key(run), record.encode())

    def session(
        self,
        number: int,
        started: float,
        ended: float | None = None,
        status: RunStatus = "failed",
        **end: object,
    ) -> None:
        record = SessionRecord(started=started, pid=1, host="here", executor="inline", workers=1)
        self.store.put_record(session_key(self.run, number), record.encode())
        if ended is not None:
            done = SessionEnd(status=status, ended=ended, **end)  # type: ignore[arg-type]
            self.store.put_record(session_end_key(self.run, number), done.encode())

    def commit(
        self, node: str, index: tuple[int, ...], value: Value, started: float = 1000.0, **more: object
    ) -> None:
        record = NodeRecord(
            status="done",
            step=node.removesuffix("_map"),
            outputs=(("result", value),),
            started=started,
            seconds=1.0,
            **more,  # type: ignore[arg-type]
        )
        self.store.put_record(node_key(self.run, node, index), record.encode())

    def attempt(
        self, node: str, index: tuple[int, ...], number: int, status: NodeStatus = "failed", log: str = ""
    ) -> None:
        record = NodeRecord(
            status=status,
            step=node,
            attempt=number,
            failure=FAILURE,
            started=1000.0,
            seconds=1.0,
            log=text(log) if log else None,
        )
        self.store.put_record(attempt_key(self.run, node, index, number), record.encode())
