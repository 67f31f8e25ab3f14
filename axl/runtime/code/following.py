"""Follows a step's code: from a function to everything of the author's own project that it can be seen to use."""

from __future__ import annotations

import ast
import inspect
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import partial
from types import FunctionType, ModuleType

from axl.dsl.location import shown
from axl.dsl.naming import module_name
from axl.errors import Loc
from axl.runtime.code.bytecode import globals_of, locals_of, read_code
from axl.runtime.code.modules import (
    FingerprintError,
    Scope,
    code_in,
    digest,
    import_own,
    is_code,
    is_method_of,
    is_private,
    loaded,
    names_in,
    ours_in,
    own_methods,
    state_of,
    wrapped_in,
)
from axl.runtime.code.packages import Home, file_of, version_of
from axl.runtime.code.plain import plain_text
from axl.runtime.code.project import Project
from axl.runtime.code.source import SUPER, Chain, Import, Source, call_chain, made_in
from axl.runtime.code.unseen import OFF, refuse_builtin, refuse_chain, refuse_import, refuse_value

_INERT_MODULES = frozenset(
    {"typing", "logging", "threading", "_thread", "abc", "contextvars", "_contextvars"}
)


class Walk:
    """One walk through a step's code: what was found, and what has been seen."""

    def __init__(self, owner: type | None, module: str, file: str) -> None:
        self.owner = owner
        self._project = Project(module, file)
        self.parts: dict[str, set[str]] = {}
        self.places: dict[str, str] = {}
        self._seen: set[tuple[object, ...]] = set()
        self._kept: list[object] = []
        self._todo: deque[Callable[[], None]] = deque()

    def run(self) -> None:
        """Follow everything; a queue, because chains of calls are longer than the stack is deep."""
        while self._todo:
            self._todo.popleft()()

    def visit(self, value: object, name: str, *, method: bool = False, shown_by: bool = False) -> None:
        """Follow one value.

        `method` says that it is reached through the owner; `shown_by` that the statement which makes
        it is a part already, so that nothing is lost when the value itself cannot be read.
        """
        key = (id(value), method)
        if key in self._seen:
            return
        self._seen.add(key)
        self._kept.append(value)  # an id is one object's only while it lives
        self._todo.append(partial(self._follow, value, name, method=method, shown_by=shown_by))

    def _follow(self, value: object, name: str, *, method: bool, shown_by: bool) -> None:
        match value:
            case FunctionType():
                self._function(value, method=method or is_method_of(self.owner, value))
            case type():
                self._class(value)
            case ModuleType():
                self._module(value)
            case _ if (inner := wrapped_in(value)) is not None:
                for part in inner:
                    self.visit(part, name, method=method and not isinstance(value, staticmethod))
            case _:
                self._object(value, name, shown_by=shown_by)

    def _add(self, name: str, digest: str, file: str = "", line: int = 0) -> None:
        self.parts.setdefault(name, set()).add(digest)
        if file:
            self.places.setdefault(name, f"{shown(file)}:{line}")

    # functions

    def _function(self, function: FunctionType, *, method: bool) -> None:
        code, module = function.__code__, str(function.__globals__.get("__name__", ""))
        home = self._project.home(module, code.co_filename)
        if home is Home.PACKAGE:
            self._package(module)
        if home is not Home.OWN:
            self._cells(function, own=False)
            return
        source = self._project.file(code.co_filename)
        node = source.node_of(code) if source else None
        name = f"{module_name(module)}:{function.__qualname__}"
        reading = source.read_function(node, ours_in(function)) if source and node else read_code(code)
        self._add(name, reading.digest, code.co_filename, code.co_firstlineno)
        self._cells(function, own=True)
        if (inner := vars(function).get("__wrapped__")) is not None:
            self.visit(inner, name, method=method)
        own_name = code.co_varnames[0] if method and self.owner and code.co_argcount else ""
        guarded = source.guarded if source else {}
        imports = {name: item for name, item in guarded.items() if name not in function.__globals__}
        hidden = locals_of(code) - globals_of(code)
        where = Loc(shown(code.co_filename), reading.line)
        scope = Scope(function.__globals__, {**imports, **reading.imports}, hidden, own_name, where)
        self._chains(reading.chains, scope)
        self._context(module, source)

    def _cells(self, function: FunctionType, *, own: bool) -> None:
        name = f"{module_name(function.__module__ or '')}:{function.__qualname__}"
        defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        for value in defaults if own else []:
            self._contents(value, f"{name} default")
        for free, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            if free == "__class__" and self.owner and value in self.owner.__mro__:
                continue
            if own:
                self.visit(value, f"{name} closure {free}")
            else:
                for part in code_in(value):
                    self.visit(part, name)

    # names

    def _chains(self, chains: Iterable[Chain], scope: Scope) -> None:
        for chain in chains:
            root = chain[0]
            refuse_chain(chain, scope.where)
            if root == SUPER:
                self._owner_attribute(chain[1], every=True)
            elif root == scope.self_name and root:
                self._self(chain)
            elif root in scope.imports:
                self._imported(scope.imports[root], chain, scope)
            elif root in scope.hidden:
                continue
            elif root in scope.globals:
                self._global(chain, scope)
            else:
                refuse_builtin(root, scope.where)

    def _global(self, chain: Chain, scope: Scope) -> None:
        module = sys.modules.get(str(scope.globals.get("__name__", "")))
        names: Mapping[str, object] = scope.globals
        for index, name in enumerate(chain):
            value = names.get(name)
            if isinstance(value, ModuleType) and self._project.is_own(value) and index + 1 < len(chain):
                module, names = value, names_in(value, chain[index + 1])
                continue
            if isinstance(value, ModuleType) and not self._project.is_own(value):
                self._foreign(value.__name__, chain[index + 1 :], scope)
                return
            refuse_value(value, scope.where)
            self._binding(module, name, names, scope)
            return

    def _foreign(self, module: str, rest: Chain, scope: Scope) -> None:
        """Note a package that is used; refuse what would load code that only runs can name."""
        refuse_import(".".join((module, *rest)), scope.where)
        self._package(module)

    def _binding(
        self, module: ModuleType | None, name: str, names: Mapping[str, object], scope: Scope
    ) -> None:
        """Follow a global: the statements that make it, and what it is now."""
        if name not in names or ("binding", id(names), name) in self._seen:
            return
        self._seen.add(("binding", id(names), name))
        self._kept.append(names)
        self._todo.append(partial(self._bound, module, name, names, scope))

    def _bound(self, module: ModuleType | None, name: str, names: Mapping[str, object], scope: Scope) -> None:
        value = names[name]
        source = self._project.source(module)
        if module is None or source is None:
            self.visit(value, f"{module_name(str(names.get('__name__', '')))}:{name}")
            return
        key = f"{module_name(module.__name__)}:{name}"
        statements: list[ast.stmt] = source.bindings.get(name, [])
        if not statements and not isinstance(value, (FunctionType, type)):
            statements = source.definitions(name)
        if statements:
            self._statements(key, statements, module, source)
            self._contents(value, key)
        elif origin := self._origin(module, source, name):
            self._global((origin[1],), Scope(vars(origin[0]), {}, frozenset(), "", scope.where))
        else:
            self.visit(value, key, shown_by=is_code(value))

    def _origin(self, module: ModuleType, source: Source, name: str) -> tuple[ModuleType, str] | None:
        """Return the module of the project that an imported value comes from, and its name there."""
        if isinstance(vars(module).get(name), (FunctionType, type, ModuleType)):
            return None
        wanted = source.imports.get(name)
        stars = [Import(star.module, name, star.level) for star in source.stars]
        for item in [wanted] if wanted else stars:
            home = loaded(item, module.__dict__)
            if home and self._project.is_own(home) and item.attr in vars(home):
                return home, item.attr
        return None

    def _statements(self, key: str, statements: list[ast.stmt], module: ModuleType, source: Source) -> None:
        if ("statements", key) in self._seen:
            return
        self._seen.add(("statements", key))
        reading = source.read(statements)
        file = str(module.__file__)
        self._add(key, reading.digest, file, reading.line)
        scope = Scope(vars(module), reading.imports, frozenset(), "", Loc(shown(file), reading.line))
        self._chains(
            (chain for chain in reading.chains if f"{module_name(module.__name__)}:{chain[0]}" != key), scope
        )
        self._context(module.__name__, source)

    def _imported(self, item: Import, chain: Chain, scope: Scope) -> None:
        """Follow an import inside a function; modules of the project are imported to be read."""
        top = item.module.partition(".")[0]
        if not item.level and self._project.home(item.module, file_of(top)) is not Home.OWN:
            self._foreign(item.module, (item.attr, *chain[1:]) if item.attr else chain[1:], scope)
            return
        module = import_own(item, scope)
        if item.attr:
            self._walk_module(module, (item.attr, *chain[1:]), scope)
        elif chain[0] == top != item.module:
            self._walk_module(sys.modules[top], chain[1:], scope)
        else:
            self._walk_module(module, chain[1:], scope)

    def _walk_module(self, module: ModuleType, rest: Chain, scope: Scope) -> None:
        if rest:
            self._global(rest, Scope(names_in(module, rest[0]), {}, frozenset(), "", scope.where))
        else:
            self.visit(module, module.__name__)

    # the workflow class

    def _self(self, chain: Chain) -> None:
        if chain[1:2] == ("__class__",):
            chain = (chain[0], *chain[2:])
        if len(chain) > 1:
            self._owner_attribute(chain[1], every=False)
            return
        for cls in self.owner.__mro__ if self.owner else ():
            if self._project.home(cls.__module__, "") is Home.OWN:
                self._class(cls)

    def _owner_attribute(self, name: str, *, every: bool) -> None:
        for cls in self.owner.__mro__ if self.owner else ():
            if name not in vars(cls):
                continue
            if self._project.home(cls.__module__, "") is Home.OWN:
                self._class_attribute(cls, name)
            if not every:
                return
        if every or not self.owner:
            return
        for cls in self.owner.__mro__:  # what no class has, these make
            for maker in ("__getattr__", "__getattribute__"):
                if maker in vars(cls) and self._project.home(cls.__module__, "") is Home.OWN:
                    self._class_attribute(cls, maker)

    def _class_attribute(self, cls: type, name: str) -> None:
        module = sys.modules.get(cls.__module__)
        source = self._project.source(module)
        key = f"{module_name(cls.__module__)}:{cls.__qualname__}.{name}"
        code = is_code(vars(cls)[name])
        nodes = source.classes.get(cls.__qualname__, []) if source else []
        made = [item for node in nodes for item in made_in(node, name, code=code)]
        if source and module and made:
            self._statements(key, made, module, source)
        self.visit(vars(cls)[name], key, method=True, shown_by=bool(made))

    # classes, modules, objects

    def _class(self, cls: type) -> None:
        if ("class", cls) in self._seen:
            return
        self._seen.add(("class", cls))
        home = self._project.home(cls.__module__, "")
        if home is Home.PACKAGE:
            self._package(cls.__module__)
        if home is not Home.OWN:
            return
        for base in (*cls.__mro__[1:], type(cls)):
            self._class(base)
        module, key = sys.modules.get(cls.__module__), f"{module_name(cls.__module__)}:{cls.__qualname__}"
        source = self._project.source(module)
        nodes = source.classes.get(cls.__qualname__, []) if source else []
        fresh = bool(source and nodes) and all(
            source.node_of(item.__code__) for item in own_methods(cls) if source
        )
        if source and module and fresh:
            self._statements(key, list(nodes), module, source)
        for name, value in vars(cls).items():
            if (
                isinstance(value, FunctionType)
                or not is_private(name)
                or any(made_in(node, name, code=False) for node in nodes)
            ):
                self._member(value, f"{key}.{name}", fresh=fresh)

    def _member(self, value: object, name: str, *, fresh: bool) -> None:
        inner = inspect.unwrap(value) if isinstance(value, FunctionType) else value
        put_there = isinstance(inner, FunctionType) and inner.__qualname__ != name.partition(":")[2]
        if not fresh or put_there or (isinstance(inner, FunctionType) and inner.__closure__):
            self.visit(value, name, shown_by=fresh)
        elif plain := plain_text(value, self._project.folders):
            self._add(name, digest(plain))

    def _module(self, module: ModuleType) -> None:
        if not self._project.is_own(module):
            self._package(module.__name__)
            return
        source = self._project.source(module)
        if source is None:
            raise FingerprintError(f"the module {module.__name__} has no source that could be read")
        self._statements(f"{module_name(module.__name__)}:*", list(source.tree.body), module, source)

    def _object(self, value: object, name: str, *, shown_by: bool) -> None:
        if not self._contents(value, name) and not shown_by:
            raise FingerprintError(
                f"{name} holds a {type(value).__module__}.{type(value).__qualname__}, which has no digest",
                hint=f"make it inside the step, pass it as an argument, {OFF}",
            )

    def _contents(self, value: object, name: str) -> bool:
        """Note what a value holds, and say whether that is all of it."""
        text = plain_text(value, self._project.folders)
        if text is not None:
            self._add(f"{name} value", digest(text))
            return True
        if isinstance(value, Enum):
            self._add(f"{name} value", digest(value.name))
            self._class(type(value))
            return True
        if is_code(value):
            self.visit(value, name, shown_by=True)
            return True
        if ("contents", id(value)) in self._seen:
            return True
        self._seen.add(("contents", id(value)))
        self._kept.append(value)
        inside = self._inside(value)
        told = [self._contents(item, f"{name}{at}") for at, item in inside or []]
        return inside is not None and all(told)

    def _inside(self, value: object) -> list[tuple[str, object]] | None:
        """Return what is inside a container or an object of the project, `None` for another's object."""
        if isinstance(value, Mapping):
            return [(f"[{key!r}]", item) for key, item in list(value.items())]
        if isinstance(value, (list, tuple, set, frozenset)):
            return [("[]", item) for item in value]
        cls = type(value)
        self._class(cls)
        if self._project.home(cls.__module__, "") is Home.OWN:
            return [(f".{key}", item) for key, item in state_of(value)]
        return [] if cls is object or cls.__module__.partition(".")[0] in _INERT_MODULES else None

    def _package(self, module: str) -> None:
        top = module.partition(".")[0]
        if self._project.home(top, file_of(top)) is Home.PACKAGE:
            version = version_of(top)
            if version is None:
                raise FingerprintError(f"the package {top} does not tell its version")
            self._add(f"package {top}", version)

    def _context(self, module: str, source: Source | None) -> None:
        """Note what holds for everything in a module: the packages it imports, and what it sets up."""
        if source is None or ("context", module) in self._seen:
            return
        self._seen.add(("context", module))
        here = sys.modules.get(module)
        for item in [*source.imports.values(), *source.stars]:
            if not item.level and item.module:
                self._package(item.module)
        effects = source.outside_effects()
        if effects and here:
            reading = source.read(effects)
            self._add(f"{module_name(module)}:<top level>", reading.digest, str(here.__file__), reading.line)
            called = {call_chain(statement) for statement in effects} & set(reading.chains)
            self._chains(called, Scope(vars(here), {}, frozenset(), "", None))
