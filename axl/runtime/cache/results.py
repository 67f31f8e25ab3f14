"""Results that any run may use: found by a key of the step's code and the content of its inputs.

A key is made of the code's fingerprint, the names of the arguments and their content, the handlers of the
outputs, the declared environment and packages, and the version that the author gives. What cannot be
known turns the cache off for that step. Only results enter, never failures, and only while the files that
the code was read from are what they were.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from axl.errors import AxlError
from axl.io.store import Store
from axl.ir.nodes import Map, Task
from axl.runtime.cache.lost import are_lost
from axl.runtime.code.fingerprint import fingerprint_of
from axl.runtime.code.makers import made_by
from axl.runtime.code.program import Code, Codes
from axl.runtime.plan.block import Instance
from axl.wire.address import cache_key, code_key, node_key
from axl.wire.digest import code_in, content, digest
from axl.wire.record import RECORD_VERSION, Result, decode_result, dump, entry_body
from axl.wire.spec import OutputSpec
from axl.wire.values import Ref, Value

KEY_VERSION = 1
"""Part of every key: it rises when handlers or keys change so that older results no longer fit."""

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHON_PART = "Python"
"""Among the parts of a fingerprint: it does not count, but code may read differently in another version."""

CODE = "code of "
"""How an input begins that is no argument, but the code of a class whose objects are in arguments."""

Missed = Literal["", "off", "renewed", "expired", "lost"]
"""Why a result is not used though there may be one: the run was told to use no cache, or to compute
everything; its time is over; its stored bytes are gone."""

Mode = Literal["use", "renew", "off"]
"""`renew` computes everything, and puts the results in the place of older ones."""


class Cache:
    """The results in a store, as one run uses them.

    `lock` is the name of the lock that whoever computes holds, by default the run's: in that name it
    claims. `tell` is called once for every reason why results are not kept.
    """

    def __init__(
        self, store: Store, run: str, codes: Codes, mode: Mode, tell: Callable[[str], None], lock: str = ""
    ) -> None:
        self._store = store
        self._run = run
        self._lock = lock or f"run-{run}"
        self._codes = codes
        self._mode = mode
        self._tell = tell
        self._heads: dict[str, str] = {}
        self._changed: set[str] = set()
        self._unfit: dict[str, Missed] = {}
        self._claimed: set[str] = set()

    def key(
        self, instance: Instance, inputs: Sequence[tuple[str, str]], outputs: Sequence[OutputSpec]
    ) -> str:
        """Return the key of a task instance; empty when its result is not to be kept or found."""
        node = instance.node
        assert isinstance(node, Task)
        head = self._heads.get(node.id)
        if head is None:
            head = self._heads[node.id] = self._head(node, instance.scope.workflow, outputs)
        if not head:
            return ""
        return digest(head + "".join([f"{name}\t{named}\n" for name, named in inputs]))

    def split_key(self, value: Ref) -> str:
        """Return the key of a list that is stored item by item."""
        return digest(f"axl {KEY_VERSION} split\n{content(value)}") if self._mode != "off" else ""

    def turn_off(self, instance: Instance, why: str) -> None:
        """Tell once why the results of a task are neither found nor kept."""
        node = instance.node.id
        if self._mode != "off" and self._heads.get(node) != "":
            self._heads[node] = ""
            self._tell(f"{node} is not cached: {why}")

    def find(self, keys: Sequence[str], lives: Mapping[str, float]) -> list[Result | None]:
        """Return the results that are there; `lives` says how many seconds a key's result lives."""
        if self._mode != "use":
            return [None] * len(keys)
        bodies = self._store.get_records([cache_key(key) for key in keys])
        there = {
            key: decode_result(body, cache_key(key))
            for key, body in zip(keys, bodies, strict=True)
            if body is not None
        }
        unfit = self._unusable(there, lives)
        self._unfit.update(unfit)
        return [None if key in unfit else there.get(key) for key in keys]

    def missed(self, key: str) -> Missed:
        """Return why a result is not used though there may be one; empty where nothing keeps it from that."""
        if self._mode == "use":
            return self._unfit.get(key, "")
        return "off" if self._mode == "off" else "renewed"

    def holds(self, key: str) -> bool:
        """Say whether this engine has claimed a key."""
        return key in self._claimed

    def claim(self, keys: Sequence[str]) -> list[bool]:
        """Claim keys that this engine is about to compute; false for those that another one computes."""
        held = self._store.claim(keys, self._lock)
        self._claimed.update(key for key, mine in zip(keys, held, strict=True) if mine)
        return held

    def release(self, keys: Sequence[str]) -> None:
        """Let go of keys; whoever waits for them finds the result, or computes it."""
        mine = [key for key in keys if key in self._claimed]
        if mine:
            self._claimed.difference_update(mine)
            self._store.release(mine, self._lock)

    def release_all(self) -> None:
        """Let go of everything, as an engine does when it leaves."""
        self.release(list(self._claimed))

    def entry(self, instance: Instance, result: Result) -> list[tuple[str, bytes]]:
        """Return the record that lets other runs find a result; none when it must not be found."""
        if not instance.key or not self._unchanged(instance):
            return []
        if scripts := [
            name for _, value in result.outputs for name in code_in(value) if name.startswith("__main__:")
        ]:
            self.turn_off(
                instance, f"its result holds {scripts[0][9:]} of a script; define it in a module of its own"
            )
            return []
        key = cache_key(instance.key)
        if self.missed(instance.key):
            self._store.drop_records([key])
        origin = node_key(self._run, instance.node.id, instance.index)
        return [(key, entry_body(result.body, origin))]

    def write_codes(self) -> None:
        """Write what the fingerprints are made of, so that a later question can be answered."""
        known = {code.digest: code for code in self._codes.values() if code.digest}
        keys = [code_key(name) for name in known]
        there = self._store.get_records(keys)
        missing = [code for code, body in zip(known.values(), there, strict=True) if body is None]
        self._store.put_records([(code_key(code.digest), _parts(code)) for code in missing])

    def _unusable(self, there: Mapping[str, Result], lives: Mapping[str, float]) -> dict[str, Missed]:
        """Return which results cannot be used, and why."""
        now = time.time()
        ended = {key: there[key].started + there[key].seconds for key in lives if key in there}
        expired = [key for key, at in ended.items() if now - at > lives[key]]
        lost = zip(there, are_lost(list(there.values()), self._store), strict=True)
        out: dict[str, Missed] = {key: "lost" for key, is_lost in lost if is_lost}
        out.update(dict.fromkeys(expired, "expired"))
        return out

    def _head(self, task: Task, workflow: str, outputs: Sequence[OutputSpec]) -> str:
        policy = task.policy
        if self._mode == "off" or not policy.cache.enabled:
            return ""
        code = self._codes[f"{workflow}/{task.step}"]
        if code.unknown:
            self._tell(f"{task.id} is not cached: {code.unknown}")
            return ""
        parts = (
            [[out.name, out.handler, out.split] for out in outputs],
            policy.cache.version,
            policy.env,
            policy.packages,
            policy.input_mode,
        )
        return f"axl {KEY_VERSION} {code.digest}\n{json.dumps(parts, ensure_ascii=False)}\n"

    def _unchanged(self, instance: Instance) -> bool:
        node = instance.node
        if isinstance(node, Map):
            return True
        assert isinstance(node, Task)
        changed = self._codes[f"{instance.scope.workflow}/{node.step}"].changed_file()
        if changed and changed not in self._changed:
            self._changed.add(changed)
            self._tell(f"{changed} changed while the run went on: what uses it is not kept for other runs")
        return not changed


def read_parts(store: Store, code: str) -> list[tuple[str, str, str]] | None:
    """Return name, digest and place of everything that a fingerprint is made of, if that was written."""
    body = store.get_record(code_key(code))
    if body is None:
        return None
    try:
        return [(str(name), str(digest), str(where)) for name, digest, where in json.loads(body)["parts"]]
    except (ValueError, KeyError, TypeError) as error:
        raise AxlError(f"the record {code_key(code)} cannot be read") from error


def _parts(code: Code) -> bytes:
    return dump({"v": RECORD_VERSION, "parts": [[*each] for each in told_parts(code)]})


def told_parts(code: Code) -> list[tuple[str, str, str]]:
    """Return what is written of a fingerprint's parts, and the version of Python that read them."""
    parts = [(part.name, part.digest, part.where) for part in code.parts]
    return [*parts, (PYTHON_PART, PYTHON, "")]


def named(values: Sequence[tuple[str, Value]]) -> tuple[tuple[str, str], ...]:
    """Return what arguments hold, by the names of their content."""
    return tuple([(name, content(value)) for name, value in values])


def code_named(values: Sequence[tuple[str, Value]]) -> tuple[tuple[str, str], ...]:
    """Return the author's code that arguments need to become values again, with its digests.

    Raises `FingerprintError` when some of it cannot be found or followed.
    """
    wanted = {name for _, value in values for name in code_in(value)}
    if not wanted:
        return ()
    names = frozenset[str]().union(*[made_by(name) if "/" in name else {name} for name in wanted])
    return tuple([(f"{CODE}{name}", fingerprint_of(name)) for name in sorted(names)])
