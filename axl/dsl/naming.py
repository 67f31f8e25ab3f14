"""Names of modules: the same for a file whether it is imported, named by its path, or run as a script."""

from __future__ import annotations

import os
import sys
from types import ModuleType


def module_of_file(file: str) -> tuple[str, str]:
    """Return the name that a file is imported by, and the folder that it is found from."""
    folder, last = os.path.split(os.path.splitext(os.path.realpath(file))[0])
    parts = [] if last == "__init__" else [last]
    while os.path.basename(folder).isidentifier() and os.path.exists(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    return ".".join(parts), folder


def module_name(name: str) -> str:
    """Return a module's own name in place of `__main__`, where its file could be imported."""
    main = sys.modules.get(name)
    if name != "__main__" or not isinstance(main, ModuleType):
        return name
    file = vars(main).get("__file__")
    if main.__spec__ is not None:
        return main.__spec__.name
    found = module_of_file(file)[0] if isinstance(file, str) and os.path.exists(file) else name
    return found if all(part.isidentifier() for part in found.split(".")) else name
