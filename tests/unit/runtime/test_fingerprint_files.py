"""Files of the project that a step reads count, by whatever way its code comes to them; its results do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.runtime.projects import flow, one_step

HERE = "import json, os, pathlib, sqlite3, tempfile\nHERE = pathlib.Path(__file__).parent\n"
PATHS = (
    "import pathlib\nDATA = pathlib.Path(__file__).parent\nSQL = DATA / 'a.sql'\n"
    "class Cfg:\n    SQL = DATA / 'a.sql'\n"
    "def read(name):\n    return (DATA / name).read_text()\n"
    "def of(path):\n    return path.read_text()\n"
)


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("return (HERE / 'data' / 'b.sql').read_text()", HERE),
        (
            "with open(os.path.join(os.path.dirname(__file__), 'data', 'b.sql')) as f:\n    return f.read()",
            "import os\n",
        ),
        ("return DATA.read_text()", "import pathlib\nDATA = pathlib.Path(__file__).parent / 'data/b.sql'\n"),
        ("import importlib.resources as r\nreturn r.files('data').joinpath('b.sql').read_text()", ""),
        ("return (HERE / 'a.sql').read_text().removeprefix('--')", HERE),
        ("return json.dumps((HERE / 'a.sql').read_text())", HERE),
        ("with open(HERE / 'a.sql') as f:\n    return {'x': f.read()}['x']", HERE),
        ("return (HERE / 'a.sql').stat().st_size", HERE),
        ("return pathlib.Path(f'{HERE}/a.sql').read_text()", HERE),
        ("return (HERE / 'data' / '..' / 'a.sql').read_text()", HERE),
        ("return (HERE / NAME).read_text()", f"{HERE}NAME = 'a.sql'\n"),
        ("return FILES['a'].read_text()", f"{HERE}FILES = {{'a': HERE / 'a.sql'}}\n"),
        ("return paths.SQL.read_text()", "import paths\n"),
        ("return (paths.DATA / 'a.sql').read_text()", "import paths\n"),
        ("return paths.Cfg.SQL.read_text()", "import paths\n"),
        ("return paths.of(paths.DATA / 'a.sql')", "import paths\n"),
        (
            "path = HERE / 'a.sql'\nx = path.read_text()\npath = HERE / 'b'\npath.write_text(x)\nreturn x",
            HERE,
        ),
        ("return paths.read('a.sql')", "import paths\n"),
        (
            "with open(HERE / 'note', 'w') as f:\n    f.write(NAME)\nreturn (HERE / NAME).read_text()",
            f"{HERE}NAME = 'a.sql'\n",
        ),
        ("x = (HERE / 'a.sql').read_text()\n(HERE / 'data' / 'a.sql').write_text(x)\nreturn x", HERE),
        ("return read('a.sql')", "from paths import read\n"),
        (
            "out = pathlib.Path(tempfile.mkdtemp()) / 'b'\nout.write_text((HERE / 'a.sql').read_text())\nreturn out.read_text()",
            HERE,
        ),
        (
            "with open(HERE / 'copy', 'w') as f:\n    f.write((HERE / 'a.sql').read_text())\nreturn (HERE / 'copy').read_text()",
            HERE,
        ),
    ],
)
def test_a_file_beside_the_code_counts_where_its_name_is_written(
    body: str, head: str, tmp_path: Path
) -> None:
    """Whoever knows the folder, whoever knows the name, and by whatever means it is read."""
    files = {"flow.py": flow(body, head), "paths.py": PATHS, "data/__init__.py": "", "data/b.sql": "select 2"}
    files["a.sql"] = "--select 2"

    digest, result = one_step(tmp_path, files)
    other = {**files, "data/b.sql": "select 10", "a.sql": "--select 10"}
    other_digest, other_result = one_step(tmp_path, other)

    assert (True, True) == (result != other_result, digest != other_digest)


@pytest.mark.parametrize(
    "body",
    [
        "with open(LOG, 'a') as log:\n    log.write('x')\nreturn x",
        "LOG.write_text('x')\nreturn x",
        "path = HERE / 'log.txt'\npath.write_text('x')\nreturn x",
        "name: str = 'log.txt'\npath = HERE / name\nwith open(path, 'w') as log:\n    print(x, file=log)\nreturn x",
        "path = pathlib.Path(f'{HERE}/log.txt')\npath.write_text('x')\nreturn x",
        "(HERE / 'log.txt').write_text((HERE / 'a.sql').read_text())\nreturn x",
        "with (HERE / 'log.txt').open(mode='w') as log:\n    json.dump(x, log)\nreturn x",
        "os.makedirs(os.path.join(HERE, 'log.txt'), exist_ok=True) if x < 0 else None\nreturn x",
    ],
)
def test_a_file_that_the_code_writes_does_not_count(body: str, tmp_path: Path) -> None:
    """What a step leaves beside its code is no reason to run it again."""
    files = {"flow.py": flow(body, f"{HERE}LOG = HERE / 'log.txt'\n"), "a.sql": "select 1"}

    one, _ = one_step(tmp_path, {**files, "log.txt": ""})
    two, _ = one_step(tmp_path, {**files, "log.txt": "x"})

    assert one == two


def test_a_text_that_only_looks_like_a_file_does_not_count(tmp_path: Path) -> None:
    """Where no code asks where it lies, a text is a text."""
    files = {"flow.py": flow("return 'a.sql'")}

    one, _ = one_step(tmp_path, {**files, "a.sql": "1"})
    two, _ = one_step(tmp_path, {**files, "a.sql": "2"})

    assert one == two
