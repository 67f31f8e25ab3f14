"""Finds the workflow that `module:Class` or `path/to/file.py:Class` names."""

from __future__ import annotations

import importlib
import os
import sys
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from axl.dsl.location import raised_at, shown
from axl.dsl.naming import module_of_file
from axl.dsl.workflow import Workflow
from axl.errors import AxlError, DefinitionError, Loc, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMS = "name it as module:Class or path/to/file.py:Class"


def load_target(target: str) -> type[Workflow]:
    """Return the workflow class that a text names; the class may be left out if there is one only.

    A file is imported under its own name, or under its package's, from the folder that holds it.

    Raises `UsageError` when there is no such file, module or class, `DefinitionError` when the
    module itself raises.
    """
    place, _, name = _split(target)
    if not place or (place.startswith(".") and not _is_file(place)):
        raise UsageError(f"{target!r} names no workflow", hint=_FORMS)
    module = _import_file(Path(place)) if _is_file(place) else _import_module(place)
    return _pick(module, place, name)


def folder_of(cls: type[Workflow]) -> str:
    """Return the folder that has to be on `sys.path` for the class's module."""
    file = sys.modules[cls.__module__].__file__ if cls.__module__ in sys.modules else None
    if not file:
        return ""
    path = Path(file).resolve()
    folder = path.parent if path.name != "__init__.py" else path.parent.parent
    for _ in cls.__module__.split(".")[1:]:
        folder = folder.parent
    return str(folder)


def _split(target: str) -> tuple[str, str, str]:
    place, colon, name = target.rpartition(":")
    if not colon or (len(place) == 1 and name.startswith(("/", "\\"))):
        return target, "", ""
    return place, colon, name


def _is_file(place: str) -> bool:
    return place.endswith(".py") or os.sep in place or "/" in place


def _import_file(path: Path) -> ModuleType:
    if not os.path.exists(path):
        near = get_close_matches(path.name, [item.name for item in _python_files(path.parent)], n=1)
        guess = f"did you mean {path.parent / near[0]}?" if near else _FORMS
        raise UsageError(f"there is no file {path}", hint=guess)
    if not path.is_file() or path.suffix != ".py":
        raise UsageError(f"{path} is not a Python file", hint=_FORMS)
    whole = path.resolve()
    name, folder = module_of_file(str(whole))
    if not all(part.isidentifier() for part in name.split(".")):
        raise UsageError(
            f"{path.name} cannot be imported", hint="a file name is letters, digits and underscores"
        )
    if folder not in sys.path:
        sys.path.insert(0, folder)
    known = sys.modules.get(name)
    if known is not None and known.__file__ and Path(known.__file__).resolve() != whole:
        raise UsageError(
            f"{path} would be imported as {name!r}, which is {known.__file__}",
            hint="give the file another name",
        )
    return _import_module(name)


def _python_files(folder: Path) -> Iterable[Path]:
    try:
        return [item for item in folder.iterdir() if item.suffix == ".py"]
    except OSError:
        return []


_RUNS = "a module that is imported only defines things; put the rest under `if __name__ == '__main__':`"
_LOADS = "axl imports the module to read its workflows: it has to load without an error"


def _import_module(name: str) -> ModuleType:
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return importlib.import_module(name)
    except AxlError:
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            raise UsageError(f"there is no module {name!r}", hint=_FORMS) from error
        raise DefinitionError(
            f"importing {name} failed: {error}",
            where=raised_at(error),
            hint=f"install {error.name} in the environment that runs axl",
        ) from error
    except SyntaxError as error:
        raise _not_python(name, error) from error
    except (Exception, SystemExit) as error:
        raise DefinitionError(
            f"importing {name} raised {type(error).__name__}: {error}",
            where=raised_at(error),
            hint=_RUNS if isinstance(error, SystemExit) else _LOADS,
        ) from error


def _not_python(module: str, error: SyntaxError) -> DefinitionError:
    """Return the error for a file that is no Python, with the line that Python gave up at."""
    line = (error.text or "").strip()
    return DefinitionError(
        f"Python cannot read {'this' if error.filename else module}: {error.msg}"
        + (f"\n    {line}" if line else ""),
        where=Loc(shown(error.filename), error.lineno or 1) if error.filename else None,
        hint="mend this line, or what comes before it, and run the same command again",
    )


def _pick(module: ModuleType, place: str, name: str) -> type[Workflow]:
    found = {
        key: value
        for key, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Workflow) and value is not Workflow
    }
    own = {key: value for key, value in found.items() if value.__module__ == module.__name__}
    if not name:
        if len(own) == 1:
            return next(iter(own.values()))
        known = f"it has {', '.join(own)}" if own else "it has none"
        raise UsageError(f"{place} does not have exactly one workflow", hint=f"{known}; {_FORMS}")
    if name in found:
        return found[name]
    value: object = vars(module).get(name)
    if value is not None:
        raise UsageError(
            f"{name} in {place} is not a workflow",
            hint="a workflow is a class that inherits from axl.Workflow",
        )
    near = get_close_matches(name, found, n=1)
    guess = f"did you mean {near[0]}?" if near else f"it has {', '.join(own) or 'none'}"
    raise UsageError(f"there is no workflow {name!r} in {place}", hint=guess)
