"""The files that `axl init` writes."""

from __future__ import annotations

WORKFLOW = '''"""A small workflow: greet several people at once, then count the letters."""

from axl import Workflow, step


class Greetings(Workflow):
    """Greet everyone."""

    @step
    def greet(self, name: str) -> str:
        """Greet one person; each call is a task of its own."""
        return f"Hello, {name}"

    @step
    def count(self, greetings: list[str]) -> dict[str, int]:
        """Say how long each greeting is."""
        return {greeting: len(greeting) for greeting in greetings}

    def graph(self, names: list[str] = ["Ada", "Grace", "Edsger"]) -> dict[str, int]:
        return self.count(self.greet.map(names))
'''

TEST = '''"""The workflow, tested as plain Python and as a run."""

import axl
from workflow import Greetings


def test_a_step_is_a_method():
    assert Greetings().greet("Ada") == "Hello, Ada"


def test_a_run_gives_what_plain_python_gives(tmp_path):
    run = axl.run(Greetings, params={"names": ["Ada"]}, executor="inline", store=tmp_path / "store")

    assert run.result == Greetings().graph(["Ada"])
'''

SETTINGS = """# Settings of axl for this folder; `axl help settings` lists them all.
executor = "process"
"""

PROJECT = """[project]
name = "PROJECT"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["axl"]

[dependency-groups]
dev = ["pytest"]

[tool.pytest.ini_options]
pythonpath = ["."]
"""

README = """# PROJECT

    axl validate workflow.py                            check it
    axl run local workflow.py                           run it
    axl run local workflow.py --param 'names=["Alan"]'  run it with another parameter
    axl runs                                            what was run
    python -m pytest                                    test it
"""
