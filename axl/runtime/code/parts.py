"""What a walk through a step's code writes down: parts with their digests, and which part uses which."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import FunctionType, ModuleType

from axl.dsl.location import shown
from axl.dsl.naming import module_name
from axl.runtime.code.modules import module_of
from axl.wire.digest import digest


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One thing that a step's code depends on: `module:name`, or `package name`, and its digest or version.

    `link` is the same without the names of modules, which may change: fingerprints are made of links.
    """

    name: str
    digest: str
    where: str = ""
    link: str = ""


@dataclass(slots=True)
class Parts:
    """The parts that were found so far.

    Names of the project are `module:name`, others have no colon. Two things of one name are told apart by
    the order in which they were met, and so are modules in links: the order in which a step uses them.
    """

    digests: dict[str, set[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    _root: str = ""
    _pinned: set[str] = field(default_factory=set)
    _pins_all: bool = False
    _links: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _modules: dict[str, int] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)

    def add(self, name: str, digest: str, file: str = "", line: int = 0) -> None:
        """Note a part."""
        self._number(name)
        self.digests.setdefault(name, set()).add(digest)
        if file:
            self.places.setdefault(name, f"{shown(file)}:{line}")

    def link(self, reader: str, via: str, target: str) -> None:
        """Note that a part means another one by a name; where all begins there is no part yet."""
        self._number(target)
        if not reader:
            self._root = target
            return
        self._links.setdefault(reader, set()).add((via, target))

    def pin(self, code: FunctionType | type) -> None:
        """Note code that may be in a result, or in a pickle of one: there it stands under its module's name."""
        self._pinned.add(module_name(module_of(code)))

    def pin_all(self) -> None:
        """Note that the code asks for names of modules."""
        self._pins_all = True

    def name_of(self, code: FunctionType | type | ModuleType, *, own: bool) -> str:
        """Return the one name of a function, class or module."""
        known = self._names.get(id(code))
        if known is not None:
            return known
        name = _name(code, ":" if own else ".")
        count = self._counts[name] = self._counts.get(name, 0) + 1
        self._names[id(code)] = name if count == 1 or not own else f"{name}#{count}"
        self._kept.append(code)  # an id is one object's only while it lives
        return self._names[id(code)]

    def all(self) -> tuple[Part, ...]:
        """Return the parts in order of their names."""
        return tuple([self._part(name) for name in sorted(self.digests.keys() | self._links.keys())])

    def _part(self, name: str) -> Part:
        links = sorted(self._links.get(name, ()))
        digests = "".join(sorted(self.digests.get(name, ())))
        placeless = sorted([(via, self._without_module(target)) for via, target in links])
        mark = "*" if name == self._root else ""
        link = f"{mark}{self._without_module(name)} {digest(f'{digests} {placeless!r}')}"
        whole = digest(f"{digests} {links!r}") if links else digests
        return Part(name, whole, self.places.get(name, ""), link)

    def _number(self, name: str) -> None:
        module, colon, _ = name.partition(":")
        if colon:
            self._modules.setdefault(module, len(self._modules))

    def _without_module(self, name: str) -> str:
        module, colon, rest = name.partition(":")
        if not colon or self._pins_all or module in self._pinned:
            return name
        return f"{self._modules.get(module, '')}{colon}{rest}"


def _name(code: FunctionType | type | ModuleType, sign: str) -> str:
    module = module_name(module_of(code))
    if isinstance(code, ModuleType):
        return f"{module}:*" if sign == ":" else module
    return f"{module}{sign}{code.__qualname__}"
