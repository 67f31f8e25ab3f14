"""The digest of a step's code: it changes when what the step does may change, and not otherwise.

The code of a step is its function and everything of the author's own project that it can be seen to
use: functions, classes with their bases, module-level values, closures, defaults and decorators, through
any number of modules. Third-party packages count by name and version, axl and Python itself not at all.

What is hashed is the syntax tree of the source that is loaded, without positions, comments and
docstrings. Where the source is gone or is not what is loaded, the bytecode stands in. Module-level values
count by the statements that make them and, where they are plain data, by their value. Names that are
only known while the step runs (`eval`, `globals()`, `__import__`) cannot be followed and are refused.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Iterable
from types import FunctionType, ModuleType

from axl.dsl.naming import module_name
from axl.dsl.step import BoundStep, Step
from axl.runtime.code.following import Walk
from axl.runtime.code.modules import FingerprintError
from axl.runtime.code.parts import Part
from axl.wire.digest import digest


def fingerprint(function: object, owner: type | None = None) -> str:
    """Return the digest of a step's code, as hex.

    `function` is a step or its function; `owner` is the workflow class that it runs in, which decides
    what `self.x` means, and is the class that the function was written in if it is not given.

    Raises `FingerprintError`, which names the part that cannot be followed.
    """
    return digest_of(fingerprint_parts(function, owner))


def digest_of(parts: Iterable[Part]) -> str:
    """Return the fingerprint that parts make together."""
    return digest("\n".join(sorted(part.link for part in parts)))


def fingerprint_parts(function: object, owner: type | None = None) -> tuple[Part, ...]:
    """Return everything that the fingerprint of a step is made of, in order of names."""
    plain = function.step.function if isinstance(function, BoundStep) else function
    plain = plain.function if isinstance(plain, Step) else plain
    inner = inspect.unwrap(plain) if callable(plain) else plain
    if not isinstance(inner, FunctionType):
        raise FingerprintError(f"{function!r:.80} is not a step and has no code")
    found = owner or _written_in(inner)
    name = f"{module_name(inner.__module__)}:{inner.__qualname__}"
    if found is None and "." in inner.__qualname__.rpartition("<locals>.")[2]:
        raise FingerprintError(f"the class of {name} is not given, and cannot be found by name")
    walk = Walk(found, inner.__module__, inner.__code__.co_filename)
    walk.visit(plain, "", "step", method=found is not None)
    walk.run()
    return walk.parts.all()


@functools.lru_cache(maxsize=1024)
def fingerprint_of(name: str) -> str:
    """Return the digest of what a class or function `module:name` does, and of all that it uses.

    Raises `FingerprintError` when it cannot be found or followed.
    """
    module_name, _, qualname = name.partition(":")
    try:
        module = sys.modules.get(module_name) or importlib.import_module(module_name)
        found: object = module
        for part in qualname.split("."):
            found = vars(found)[part]
    except (ImportError, KeyError, TypeError) as error:
        raise FingerprintError(f"an input holds {qualname} of {module_name}, which is not there") from error
    walk = Walk(None, module.__name__, str(vars(module).get("__file__") or ""))
    walk.visit(found, "", "input")
    walk.run()
    return digest_of(walk.parts.all())


def _written_in(function: FunctionType) -> type | None:
    found: object = sys.modules.get(function.__module__)
    for name in function.__qualname__.split(".")[:-1]:
        found = vars(found).get(name) if isinstance(found, (ModuleType, type)) else None
    return found if isinstance(found, type) else None


__all__ = ["FingerprintError", "Part", "digest_of", "fingerprint", "fingerprint_of", "fingerprint_parts"]
