"""The author's project as one module sees it: which modules are its own, and what their files say."""

from __future__ import annotations

import os
from types import ModuleType

from axl.runtime.code.packages import Home, home_of
from axl.runtime.code.source import Source, source_of_file


class Project:
    """What belongs to the project of a module; the state of each file is looked at once.

    Its own is all that is not installed, and its top-level package even where that is.
    """

    def __init__(self, module: str, file: str) -> None:
        self.folders = _folders(module, file)
        self._top = module.partition(".")[0]
        self._files: dict[str, Source | None] = {}
        self._homes: dict[tuple[str, str], Home] = {}

    def home(self, module: str, file: str = "") -> Home:
        """Return whose a module is."""
        known = self._homes.get((module, file))
        if known is None:
            own = module.partition(".")[0] == self._top
            known = self._homes[module, file] = Home.OWN if own else home_of(module, file)
        return known

    def is_own(self, module: ModuleType) -> bool:
        """Say whether a module is the author's."""
        return self.home(module.__name__, str(vars(module).get("__file__") or "")) is Home.OWN

    def source(self, module: ModuleType | None) -> Source | None:
        """Return what an own module's file says, `None` where there is none."""
        file = vars(module).get("__file__") if module else None
        return self.file(file) if isinstance(file, str) and module and self.is_own(module) else None

    def file(self, file: str) -> Source | None:
        """Return what a file says."""
        if file not in self._files:
            self._files[file] = source_of_file(file)
        return self._files[file]


def _folders(module: str, file: str) -> tuple[str, ...]:
    """Return the folders that paths among the values may start with: the module's, the project's, the current one."""
    here = os.path.dirname(os.path.abspath(file))
    root = here
    for _ in module.split(".")[1:]:
        root = os.path.dirname(root)
    return tuple(sorted({here, root, os.getcwd()} - {os.sep}, key=len, reverse=True))
