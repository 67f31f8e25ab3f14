"""Follows a step's code: from a function to everything of the author's own project that it can be seen to use."""

from __future__ import annotations

import ast
import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import FunctionType, ModuleType

from axl.dsl.location import shown
from axl.errors import Loc
from axl.runtime.code.beside import FILE, Beside, digest_of_file
from axl.runtime.code.bytecode import globals_of, locals_of, read_code
from axl.runtime.code.contents import beside_wrapped, contents_of
from axl.runtime.code.members import read_class
from axl.runtime.code.modules import (
    FingerprintError,
    Scope,
    code_in,
    is_made_here,
    is_method_of,
    module_of,
    ours_in,
    wrapped_in,
)
from axl.runtime.code.names import Bound, read_chains, read_import
from axl.runtime.code.normal import Chain, Reading
from axl.runtime.code.packages import Home, file_of, version_of
from axl.runtime.code.parts import Parts
from axl.runtime.code.project import Project
from axl.runtime.code.remarks import Remarks
from axl.runtime.code.source import Source
from axl.runtime.code.surroundings import read_surroundings
from axl.runtime.code.unseen import OFF, reads_outside, refuse_words

_NAMES_OF_MODULES = frozenset({"__module__", "__package__", "__spec__", "getmodule", "getmodulename"})


class Walk:
    """One walk through a step's code: what was found, and what has been seen."""

    def __init__(
        self, owner: type | None, module: str, file: str, judged: frozenset[str] = frozenset()
    ) -> None:
        self.owner = owner
        self.project = Project(module, file)
        self.parts = Parts()
        self._judged = judged
        self.remarks = Remarks()
        self.beside = Beside(self.project.folders)
        self._words: set[str] = set()
        self._seen: set[tuple[object, ...]] = set()
        self._kept: list[object] = []
        self._todo: deque[Callable[[], None]] = deque()

    def run(self) -> None:
        """Follow everything, and note the files that all of it together names."""
        self._follow()
        for path in self.beside.files():
            self._file(path)

    def _follow(self) -> None:
        """Follow all code; a queue, because chains of calls are longer than the stack is deep."""
        while self._todo:
            self._todo.popleft()()
            if not self._todo:
                self.remarks.count(self)

    def is_new(self, *key: object) -> bool:
        """Say whether something is met for the first time."""
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def later(self, work: Callable[[], None]) -> None:
        """Do something when what is under way is done."""
        self._todo.append(work)

    def visit(self, value: object, reader: str, via: str, *, method: bool = False) -> str:
        """Follow a value that a part means by a name, and say what in it cannot be told.

        `method` says that it is reached through the owner.
        """
        if isinstance(value, (FunctionType, type, ModuleType)):
            self.parts.link(reader, via, self.parts.name_of(value, own=self.is_own(value)))
            if self.is_new(id(value), method):
                self._kept.append(value)  # an id is one object's only while it lives
                self.later(partial(self._code, value, method=method))
            return ""
        inner = wrapped_in(value)
        if inner is None:
            return self._contents(value, f"{reader}{via}" if via.startswith(".") else f"{reader} {via}")
        self.parts.link(reader, via, f"wrapper {type(value).__qualname__}")
        through = method and not isinstance(value, staticmethod)
        told = [self.visit(part, reader, f"{via}.{n}", method=through) for n, part in enumerate(inner)]
        if self.is_own(type(value)):
            told.append(self._contents(beside_wrapped(value), f"{reader} {via} holds"))
        return next(filter(None, told), "")

    def is_own(self, code: FunctionType | type | ModuleType) -> bool:
        """Say whether code is the author's."""
        if isinstance(code, ModuleType):
            return self.project.is_own(code)
        if isinstance(code, type):
            return self.project.home(module_of(code)) is Home.OWN or is_made_here(code)
        return self.project.home(module_of(code), code.__code__.co_filename) is Home.OWN

    def _code(self, value: FunctionType | type | ModuleType, *, method: bool) -> None:
        if isinstance(value, FunctionType):
            self._function(value, method=method or is_method_of(self.owner, value))
        elif isinstance(value, type):
            read_class(self, value)
        else:
            self._module(value)

    def _contents(self, value: object, name: str) -> str:
        """Note what a value holds, and say what in it cannot be told."""
        told = contents_of(value, self.project.folders, self.is_own)
        self.parts.add(name, told.digest)
        for place, code in enumerate(told.code):
            self.visit(code, name, str(place))
            self.remarks.passed(self, code)
        return told.opaque

    # functions

    def _function(self, function: FunctionType, *, method: bool) -> None:
        code, module = function.__code__, module_of(function)
        own = self.is_own(function)
        name = self.parts.name_of(function, own=own)
        if not own:
            self.package(module)
            self._foreign_cells(function, name)
            return
        source = self.project.file(code.co_filename)
        node = source.node_of(code) if source else None
        reading = source.read_function(node, ours_in(function)) if source and node else read_code(code)
        where = Loc(shown(code.co_filename), reading.line)
        self.parts.add(name, reading.digest, code.co_filename, code.co_firstlineno)
        self.loose(function, name, reading, where)
        guarded = source.guarded if source else {}
        scope = Scope(
            reader=name,
            globals=function.__globals__,
            where=where,
            imports={
                **{key: item for key, item in guarded.items() if key not in function.__globals__},
                **reading.imports,
            },
            hidden=locals_of(code) - globals_of(code),
            self_name=code.co_varnames[0] if method and self.owner and code.co_argcount else "",
            late=True,
        )
        self.remarks.keep(function, name, reading, scope)
        self.read(reading, scope)
        self.surroundings(module, source)

    def loose(self, function: FunctionType, name: str, reading: Reading, where: Loc) -> None:
        """Note what a function holds beside its code: defaults, attributes, and what is around it."""
        defaults = [*enumerate(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).items()]
        for key, value in defaults:
            opaque = self.visit(value, name, f"default {key}")
            if opaque and reads_outside(reading.words):
                self.refuse(f"{name} default", opaque, where)
        for key, value in vars(function).items():
            self.visit(value, name, key)
        for free, value in _cells(function):
            if free == "__class__" and self.owner and any(value is cls for cls in self.owner.__mro__):
                continue
            if opaque := self.visit(value, name, f"closure {free}"):
                self.refuse(f"{name} closure {free}", opaque, where)

    def _foreign_cells(self, function: FunctionType, name: str) -> None:
        """Note the project's code that a library's function holds: it was given to it."""
        inner = vars(function).get("__wrapped__")
        for free, value in [*_cells(function), *([] if inner is None else [("__wrapped__", inner)])]:
            if any(True for _ in code_in(value)):
                self.visit(value, name, f"closure {free}")

    # names

    def read(self, reading: Reading, scope: Scope) -> None:
        """Follow the names in a piece of code."""
        self._words |= reading.words
        self.remarks.ask(reading.words)
        if not _NAMES_OF_MODULES.isdisjoint(reading.words):
            self.parts.pin_all()
        if scope.strict:
            refuse_words(reading, scope.where)
        for place, item in enumerate(reading.loads):
            read_import(self, item, scope, f"import {place}")
        read_chains(self, reading.chains, scope, reading.passed)
        self.beside.read(reading, scope.globals)

    def is_made_outside(self, bound: Bound) -> bool:
        """Say whether the code that makes a global reads files, the environment or the like."""
        if bound.module is None or bound.source is None:
            return True
        if bound.key in self._judged:
            return False
        walk = Walk(None, bound.module.__name__, str(bound.module.__file__), self._judged | {bound.key})
        walk.statements(bound.key, bound.statements, bound.module, bound.source)
        walk._follow()
        return reads_outside(walk._words)

    def refuse(self, name: str, opaque: str, where: Loc | None) -> None:
        """Raise `FingerprintError` for a value that cannot be told."""
        raise FingerprintError(
            f"{name} holds {opaque}, which has no digest",
            where=where,
            hint=f"make it inside the step, pass it as an argument, {OFF}",
        )

    def calls(self, chains: Iterable[Chain], scope: Scope) -> None:
        """Follow what statements call, and nothing else in them."""
        read_chains(self, chains, scope)

    def statements(
        self,
        key: str,
        statements: Sequence[ast.stmt],
        module: ModuleType,
        source: Source,
        *,
        hidden: frozenset[str] = frozenset(),
        strict: bool = True,
    ) -> None:
        """Follow statements of a module, as one part."""
        if not self.is_new("statements", key):
            return
        reading = source.read(statements)
        file, names = str(module.__file__), vars(module)
        self.parts.add(key, reading.digest, file, reading.line)
        scope = Scope(
            reader=key,
            globals=names,
            where=Loc(shown(file), reading.line),
            imports={name: item for name, item in reading.imports.items() if name not in names},
            hidden=hidden,
            strict=strict,
        )
        self.remarks.keep(None, key, reading, scope)
        self.read(reading, scope)
        self.surroundings(module.__name__, source)

    def _module(self, module: ModuleType) -> None:
        if not self.project.is_own(module):
            self.package(module.__name__)
            return
        source = self.project.source(module)
        if source is None:
            raise FingerprintError(f"the module {module.__name__} has no source that could be read")
        key = self.parts.name_of(module, own=True)
        self.statements(key, source.tree.body, module, source)
        names = [name for name in vars(module) if not name.startswith("__")]
        read_chains(self, [(name,) for name in names], Scope(key, vars(module), None))

    def compiled(self, module: ModuleType) -> None:
        """Note a module of the project that is no Python: it counts by its file."""
        file = vars(module).get("__file__")
        if isinstance(file, str) and self.project.is_own(module) and not file.endswith((".py", ".pyc")):
            self._file(file)

    def _file(self, path: str) -> None:
        digest = digest_of_file(path)
        if digest is not None:
            self.parts.add(f"{FILE}{os.path.relpath(path, self.project.folders[-1])}", digest, path, 1)

    def surroundings(self, module: str, source: Source | None) -> None:
        """Note what holds for everything in a module."""
        if source is not None and self.is_new("surroundings", module):
            read_surroundings(self, module, source)

    def package(self, module: str) -> None:
        """Note a package, by its version."""
        top = module.partition(".")[0]
        if self.is_new("package", top) and self.project.home(top, file_of(top)) is Home.PACKAGE:
            version = version_of(top)
            if version is None:
                raise FingerprintError(f"the package {top} does not tell its version")
            self.parts.add(f"package {top}", version)
            self.remarks.ask(frozenset({f"package {top}"}))


def _cells(function: FunctionType) -> Iterable[tuple[str, object]]:
    for free, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield free, cell.cell_contents
        except ValueError:
            continue
