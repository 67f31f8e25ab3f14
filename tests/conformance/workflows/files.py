"""A step may return a file or a folder."""

import tempfile
from pathlib import Path

from axl import Workflow, step


class Files(Workflow):
    @step
    def write(self, name: str) -> Path:
        path = Path(tempfile.mkdtemp(), name)
        path.write_text(f"I am {name}")
        return path

    @step
    def folder(self, names: list[str]) -> Path:
        root = Path(tempfile.mkdtemp(), "out")
        (root / "deep").mkdir(parents=True)
        for name in names:
            (root / "deep" / name).write_text(name)
        return root

    @step
    def read(self, file: Path, folder: Path) -> str:
        inside = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        return f"{file.read_text()}; {' '.join(inside)}"

    def graph(self) -> str:
        return self.read(self.write("ä.txt"), self.folder(["b", "a"]))
