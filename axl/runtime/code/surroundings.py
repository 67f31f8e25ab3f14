"""What holds for everything in a module: the packages that it imports, and what importing it changes elsewhere."""

from __future__ import annotations

import builtins
import sys
from functools import partial
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

from axl.runtime.code.effects import Whose, outside
from axl.runtime.code.modules import Scope, loaded, module_of
from axl.runtime.code.normal import Import
from axl.runtime.code.packages import Home, file_of
from axl.runtime.code.source import Source

if TYPE_CHECKING:
    from axl.runtime.code.following import Walk

_INERT = frozenset({"logging", "typing"})


def read_surroundings(walk: Walk, module: str, source: Source) -> None:
    """Note the packages that a module imports, and what it and the modules it imports set up."""
    for item in source.loads:
        if not item.level and item.module:
            walk.package(item.module)
    here = sys.modules.get(module)
    if here is not None:
        read_effects(walk, here)


def read_effects(walk: Walk, module: ModuleType) -> None:
    """Note what importing a module changes in others' modules and classes, and so whatever it imports."""
    if not walk.is_new("effects", module.__name__):
        return
    parent = sys.modules.get(module.__name__.rpartition(".")[0])
    if parent is not None and walk.project.is_own(parent):
        walk.later(partial(read_effects, walk, parent))
    source = walk.project.source(module)
    if source is None:
        return
    changing, calling = outside(source.effects, partial(_whose, walk, module, source))
    key = f"{walk.parts.name_of(module, own=True)[:-1]}<top level>"
    if changing:
        walk.statements(key, changing, module, source, strict=False)
    if calling:
        reading = source.read(calling)
        walk.parts.add(key, reading.digest, str(module.__file__), reading.line)
        called = {chain for chain in reading.chains if chain not in reading.passed}
        scope = Scope(key, vars(module), None, strict=False)
        walk.calls(sorted(called), scope)
    for item in source.loads:
        home = loaded(item, vars(module))
        inner = sys.modules.get(f"{home.__name__}.{item.attr}") if home else None
        for each in (home, inner):
            if each is not None and walk.project.is_own(each):
                walk.later(partial(read_effects, walk, each))


def _whose(walk: Walk, module: ModuleType, source: Source, name: str, item: Import | None) -> Whose:
    if item is not None or name not in vars(module):
        return _of_absent(walk, name, item)
    value = vars(module)[name]
    if isinstance(value, FunctionType) and walk.is_own(value):
        return _of_own(walk, value)
    if isinstance(value, (type, ModuleType)):
        inert = (value.__name__ if isinstance(value, ModuleType) else value.__module__) or ""
        foreign = not walk.is_own(value) and inert.partition(".")[0] not in _INERT
        return "foreign" if foreign else "local"
    wanted = [item for item in source.imports.get(name, []) if item.module.partition(".")[0] not in _INERT]
    homes = [loaded(item, vars(module)) for item in wanted]
    return "foreign" if any(home and not walk.project.is_own(home) for home in homes) else "local"


def _of_own(walk: Walk, function: FunctionType) -> Whose:
    source = walk.project.file(function.__code__.co_filename)
    home = sys.modules.get(module_of(function))
    if source is None or home is None:
        return "own"
    changes = source.effects.patchers.get(function.__qualname__, ())
    if any(_whose(walk, home, source, change.name, change.item) == "foreign" for change in changes):
        return "patcher"
    return "setter" if function.__qualname__ in source.effects.setters else "own"


def _of_absent(walk: Walk, name: str, item: Import | None) -> Whose:
    if item is None:
        return "python" if name in vars(builtins) else "local"
    top = item.module.partition(".")[0]
    own = item.level or walk.project.home(item.module, file_of(top)) is Home.OWN
    return "local" if own or top in _INERT else "foreign"
