"""How operands, policies, sizes and times are written for people: short, stable, on one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from axl.ir.nodes import RESULT, Atom, Const, In, Out, Pack, Param
from axl.ir.policy import CachePolicy, Policy, Resources, RetryPolicy

LONGEST = 48
"""Characters of a literal that are shown."""

MOST_ITEMS = 8
"""Items of a list around symbols that are shown."""

_SIZES = (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10))
_TIMES = (("d", 86400), ("h", 3600), ("m", 60))


def clean(text: str) -> str:
    r"""Return a text without what would break a line or a terminal: each such character as its code.

    >>> clean('two\nlines')
    'two\\nlines'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def cut(text: str, longest: int = LONGEST) -> str:
    """Return a text, its middle left out where it is too long."""
    if len(text) <= longest:
        return text
    head = longest * 2 // 3
    return f"{text[:head]}…{text[head + 1 - longest :]}"


def atom_words(atom: Atom) -> str:
    """Return an operand: `%input`, `node`, `node.port`, a literal as JSON, a list of them."""
    match atom:
        case Const():
            return cut(clean(atom.json))
        case In():
            return f"%{clean(atom.name)}"
        case Out():
            return clean(atom.node) if atom.port == RESULT else f"{clean(atom.node)}.{clean(atom.port)}"
        case Pack():
            return _pack_words(atom)
        case _:
            assert_never(atom)


def bindings_words(bindings: tuple[tuple[str, Atom], ...]) -> str:
    """Return arguments or captures: `x=%x, frames=concat`."""
    return ", ".join(f"{clean(name)}={atom_words(atom)}" for name, atom in bindings)


def param_words(param: Param) -> str:
    """Return a parameter as it would stand in a signature."""
    kind = f": {clean(param.type)}" if param.type else ""
    default = f" = {cut(clean(param.default.json))}" if param.default is not None else ""
    return f"{clean(param.name)}{kind}{default}"


def policy_words(policy: Policy) -> tuple[str, ...]:
    """Return what a policy asks for beyond the default, each as a few words."""
    return tuple(clean(words) for words in _policy(policy))


def size_words(count: int) -> str:
    """Return a number of bytes: `2 GiB`, `1.5 MiB`, `100 B`."""
    for unit, size in _SIZES:
        if count >= size:
            return f"{count / size:.4g} {unit}"
    return f"{count} B"


def time_words(seconds: float) -> str:
    """Return a number of seconds: `10m`, `1.5h`, `30s`."""
    for unit, size in _TIMES:
        if seconds >= size and (seconds * 10) % size == 0:
            return f"{seconds / size:.12g}{unit}"
    return f"{seconds:.12g}s"


def _pack_words(pack: Pack) -> str:
    items = [atom_words(item) for item in pack.items[:MOST_ITEMS]]
    if pack.shape == "dict":
        items = [f"{clean(key)}: {item}" for key, item in zip(pack.keys, items, strict=False)]
    if len(pack.items) > MOST_ITEMS:
        items.append(f"… {len(pack.items)} in all")
    inner = ", ".join(items)
    match pack.shape:
        case "list":
            return f"[{inner}]"
        case "tuple":
            return f"({inner},)" if len(items) == 1 else f"({inner})"
        case "dict":
            return f"{{{inner}}}"
        case _:
            assert_never(pack.shape)


def _policy(policy: Policy) -> Iterator[str]:
    yield from _retry(policy.retry)
    if policy.timeout_s is not None:
        yield f"timeout {time_words(policy.timeout_s)}"
    yield from _resources(policy.resources)
    if policy.on_failure == "continue":
        yield "goes on after a failure"
    if policy.on_failure == "default":
        yield f"{cut(policy.default_json)} after a failure"
    yield from _cache(policy.cache)
    yield from (f"{name} as {mode}" for name, mode in policy.input_mode)
    if policy.env:
        yield f"env {', '.join(name for name, _ in policy.env)}"
    if policy.secrets:
        yield f"secrets {', '.join(secret.env for secret in policy.secrets)}"
    if policy.image:
        yield f"image {policy.image}"
    if policy.packages:
        yield f"packages {cut(', '.join(policy.packages))}"
    yield from (f"{name} options" for name, _ in policy.platform)


def _retry(retry: RetryPolicy) -> Iterator[str]:
    if retry.attempts == 1:
        return
    delay = f" every {time_words(retry.delay_s)}" if retry.delay_s else ""
    on = f" on {', '.join(name.rpartition(':')[2] for name in retry.on)}" if retry.on else ""
    yield f"{retry.attempts} attempts{delay}{on}"


def _resources(resources: Resources) -> Iterator[str]:
    if resources.cpu_milli is not None:
        yield f"{resources.cpu_milli / 1000:g} cpu"
    if resources.memory_bytes is not None:
        yield size_words(resources.memory_bytes)
    if resources.gpu:
        yield f"{resources.gpu} gpu"
    if resources.disk_bytes is not None:
        yield f"{size_words(resources.disk_bytes)} disk"


def _cache(cache: CachePolicy) -> Iterator[str]:
    if not cache.enabled:
        yield "no cache"
    if cache.version:
        yield f"cache {cache.version}"
    if cache.ttl_s is not None:
        yield f"cache for {time_words(cache.ttl_s)}"
