"""Decides which tasks need not run: this run has their result already, or any run made it before.

What another engine computes at this moment is waited for, and what this run computes twice is computed
once: the first task of a key leads, those after it follow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from axl.ir.nodes import Task
from axl.runtime.cache.results import Cache, code_named, named
from axl.runtime.code.fingerprint import FingerprintError
from axl.runtime.engine.ledger import Ledger
from axl.runtime.plan.block import Instance
from axl.wire.address import node_key
from axl.wire.record import Result, entry_body
from axl.wire.spec import OutputSpec
from axl.wire.values import Value

_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """A task instance with a result that was there."""

    instance: Instance
    result: Result
    how: Literal["continued", "cached"]


@dataclass(slots=True)
class Lookup:
    """What is known of results while a run goes on.

    `outputs` gives the artifacts of a task, `found` and `missing` fill as results are looked up: the
    engine takes from both.
    """

    ledger: Ledger
    cache: Cache
    outputs: Callable[[Task], tuple[OutputSpec, ...]]
    found: deque[Found] = field(default_factory=deque)
    missing: deque[Instance] = field(default_factory=deque)
    _followers: dict[str, list[Instance]] = field(default_factory=dict)
    _elsewhere: list[Instance] = field(default_factory=list)
    _next: float = 0.0
    _pause: float = _FIRST_PAUSE

    def take(self, instances: Sequence[Instance]) -> None:
        """Look up tasks that have become ready."""
        rest: list[Instance] = []
        for instance, result in zip(instances, self.ledger.committed(instances), strict=True):
            if result is not None:
                self.found.append(Found(instance, result, "continued"))
            elif self._leads(instance):
                rest.append(instance)
        self._look_up(rest)

    def may_start(self, instances: Sequence[Instance]) -> list[Instance]:
        """Return the tasks that nobody else computes now; the others wait until there is a result."""
        new = [each for each in instances if each.key and not self.cache.holds(each.key)]
        if not new:
            return list(instances)
        claimed = self.cache.claim([each.key for each in new])
        self.ledger.dirty = True
        taken = {each.key for each, mine in zip(new, claimed, strict=True) if not mine}
        # Between the first look and the claim another engine may have come and gone.
        made = {each.key: result for each, result in zip(new, self._find(new), strict=True) if result}
        start: list[Instance] = []
        for instance in instances:
            if instance.key in made:
                self.cache.release([instance.key])
                self._settle(instance, made[instance.key])
            elif instance.key in taken:
                self._elsewhere.append(instance)
            else:
                start.append(instance)
        return start

    def made(self, results: Sequence[tuple[Instance, Result]]) -> None:
        """Take note of results that this engine computed; their followers have them too."""
        for instance, result in results:
            followers = self._followers.pop(instance.key, None)
            if followers:
                origin = node_key(self.ledger.run, instance.node.id, instance.index)
                shared = replace(result, body=entry_body(result.body, origin))
                self.found.extend(Found(each, shared, "cached") for each in followers)
        self.cache.release([instance.key for instance, _ in results])

    def failed(self, instance: Instance) -> None:
        """Take note that a task has no result; the next one that needs it has to compute it."""
        followers = self._followers.pop(instance.key, []) if instance.key else []
        if followers:
            self._followers[instance.key] = followers[1:]
            self.missing.append(followers[0])
        elif instance.key:
            self.cache.release([instance.key])

    def poll(self, now: float) -> None:
        """Look again for what other engines compute."""
        if not self._elsewhere or now < self._next:
            return
        waiting, self._elsewhere = self._elsewhere, []
        before = len(waiting)
        self.missing.extend(self.may_start(waiting))
        self._pause = (
            min(_LONGEST_PAUSE, self._pause * 1.5) if len(self._elsewhere) == before else _FIRST_PAUSE
        )
        self._next = now + self._pause

    def due(self) -> float | None:
        """Return when to look again, in the engine's time; `None` when nothing is waited for."""
        return self._next if self._elsewhere else None

    def stop(self) -> None:
        """Wait for nobody any more."""
        self._elsewhere.clear()

    def _leads(self, instance: Instance) -> bool:
        node, scope = instance.node, instance.scope
        assert isinstance(node, Task)
        instance.arguments = tuple([(name, scope.resolve(atom)) for name, atom in node.args])
        instance.inputs = self._named(instance, instance.arguments)
        instance.key = self.cache.key(instance, instance.inputs, self.outputs(node))
        if not instance.key:
            return True
        followers = self._followers.get(instance.key)
        if followers is None:
            self._followers[instance.key] = []
            return True
        followers.append(instance)
        return False

    def _named(
        self, instance: Instance, arguments: tuple[tuple[str, Value], ...]
    ) -> tuple[tuple[str, str], ...]:
        try:
            return named(arguments) + code_named(arguments)
        except FingerprintError as error:
            self.cache.turn_off(instance, error.what)
            return named(arguments)

    def _look_up(self, instances: list[Instance]) -> None:
        keyed = [each for each in instances if each.key]
        found = self._find(keyed)
        for instance in instances:
            instance.missed = self.cache.missed(instance.key)
        self.missing.extend(each for each in instances if not each.key)
        for instance, result in zip(keyed, found, strict=True):
            if result is None:
                self.missing.append(instance)
            else:
                self._settle(instance, result)

    def _find(self, instances: Sequence[Instance]) -> list[Result | None]:
        lives = {each.key: ttl for each in instances if (ttl := _ttl(each)) is not None}
        return self.cache.find([each.key for each in instances], lives)

    def _settle(self, instance: Instance, result: Result) -> None:
        self.found.append(Found(instance, result, "cached"))
        self._settle_followers(instance.key, result)

    def _settle_followers(self, key: str, result: Result) -> None:
        followers: Iterable[Instance] = self._followers.pop(key, ())
        self.found.extend(Found(each, result, "cached") for each in followers)


def _ttl(instance: Instance) -> float | None:
    node = instance.node
    return node.policy.cache.ttl_s if isinstance(node, Task) else None
