"""What counts is the code that is loaded: without its source, as a script, patched, or newer on the disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from axl.runtime.code.fingerprint import FingerprintError, fingerprint, fingerprint_parts
from tests.unit.runtime.code_edits import FILES, edited
from tests.unit.runtime.projects import digests, imported, written


def test_what_a_call_leaves_behind_is_gone_with_its_process(tmp_path: Path) -> None:
    """A memo that a step filled here counts as a value, as a registry must; elsewhere nothing has changed."""
    folder = written(tmp_path, FILES)
    module = imported(folder, "shop.flow")
    first = fingerprint(module.Flow.clean, module.Flow)
    module.Flow().clean(5)

    again = imported(folder, "shop.flow")

    assert first == fingerprint(again.Flow.clean, again.Flow)


def test_a_file_edited_after_its_import_counts_as_what_is_loaded(tmp_path: Path) -> None:
    """Code that is not loaded yet does not give its name to results of code that is."""
    folder = written(tmp_path, FILES)
    module = imported(folder, "shop.flow")
    first = fingerprint(module.Flow.other, module.Flow)
    written(folder, edited("flow", "value = x + 1", "value = x + 1000"))

    stale = fingerprint(module.Flow.other, module.Flow)

    fresh = imported(folder, "shop.flow")
    assert len({first, stale, fingerprint(fresh.Flow.other, fresh.Flow)}) == 3


def test_a_comment_written_after_the_import_changes_nothing(tmp_path: Path) -> None:
    """Lines may move under loaded code."""
    folder = written(tmp_path, FILES)
    module = imported(folder, "shop.flow")
    first = fingerprint(module.Flow.other, module.Flow)
    written(folder, edited("flow", "UNUSED = 1", "# a comment\n\nUNUSED = 1"))

    assert first == fingerprint(module.Flow.other, module.Flow)


def test_a_replaced_function_counts(tmp_path: Path) -> None:
    """What counts is what a name is now, not what the file says of it."""
    module = imported(written(tmp_path, FILES), "shop.flow")
    first = fingerprint(module.Flow.clean, module.Flow)

    sys.modules["shop.features"].helper = lambda x: x  # type: ignore[attr-defined]  # as a mock would

    assert first != fingerprint(module.Flow.clean, module.Flow)


def test_a_class_made_without_source(tmp_path: Path) -> None:
    """A class that no statement spells out counts by its members."""
    text = (
        "from axl import Workflow, step\n\ndef body(self):\n    return 1\n\nMade = type('Made', (), {'run': body, 'n': 1})\n"
        "class Flow(Workflow):\n    @step\n    def go(self) -> int:\n        return Made().run() + Made.n\n"
    )

    versions = [text, text.replace("return 1", "return 2"), text.replace("'n': 1", "'n': 2")]

    assert 3 == len({digests(tmp_path, {"flows.py": item}, "flows")["go"] for item in versions})


def test_code_without_source(tmp_path: Path) -> None:
    """Where there is no source the bytecode counts, and what it uses."""
    text = (
        "from axl import Workflow, step\nN = 1\n\ndef help(x):\n    return x + N\n\nclass Flow(Workflow):\n    @step\n"
        "    def go(self) -> int:\n        return help(1) + self.more()\n\n    def more(self):\n        return 1\n"
    )

    def digest(source: str) -> str:
        module = ModuleType("sourceless")
        sys.modules["sourceless"] = module
        exec(compile(source, "<nowhere>", "exec"), vars(module))  # noqa: S102 (code without a file is the case)
        return fingerprint(module.Flow.go, module.Flow)

    edits = [
        text,
        text.replace("N = 1", "N = 2"),
        text.replace("x + N", "x - N"),
        text.replace("return 1", "return 2"),
    ]
    result = [digest(item) for item in [*edits, text.replace("def help", "# why\ndef help")]]
    del sys.modules["sourceless"]

    assert len(set(result[:4])) == 4
    assert result[0] == result[4]


def test_a_script_has_the_names_of_its_module(tmp_path: Path) -> None:
    """A file run as a script and the same file imported are one code."""
    text = (
        "from axl import Workflow, step\nfrom axl.runtime.code.fingerprint import fingerprint\n\ndef help():\n    return 1\n\n"
        "class Flow(Workflow):\n    @step\n    def go(self) -> int:\n        return help()\n\n"
        "if __name__ == '__main__':\n    print(fingerprint(Flow.go, Flow))\n"
    )
    written(tmp_path, {"script.py": text})

    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")], capture_output=True, text=True, check=True, cwd="/"
    )

    assert done.stdout.strip() == digests(tmp_path, {"script.py": text}, "script")["go"]


def test_a_class_inside_a_function_has_to_be_given(tmp_path: Path) -> None:
    """What `self.x` means is never guessed."""
    text = (
        "from axl import Workflow, step\ndef make():\n    class Flow(Workflow):\n        @step\n        def go(self) -> int:\n"
        "            return self.more()\n        def more(self):\n            return 1\n    return Flow\nFlow = make()\n"
    )
    flow = imported(written(tmp_path, {"flows.py": text}), "flows").Flow

    with pytest.raises(FingerprintError, match="is not given"):
        fingerprint(flow.go)

    assert any("Flow.more" in part.name for part in fingerprint_parts(flow.go, flow))
