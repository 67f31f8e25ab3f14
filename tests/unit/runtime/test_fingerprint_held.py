"""What decorators of classes, members of enums and texts of expressions hold or name is a part of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.runtime.projects import flow, one_step

SCALE = """import functools, os, enum
class Scale:
    \"\"\"Scales what a function gives.\"\"\"
    def __init__(self, f):
        functools.update_wrapper(self, f)
        self.k = float(os.environ["K"])
    def __call__(self, x):
        return self.k * self.__wrapped__(x)
@Scale
def price(x):
    return x
def cost(x):
    return x
COST = [Scale(cost)]
class Kind(enum.Enum):
    GOOD = "good"
    def __init__(self, word):
        self.rate = float(os.environ["K"])
"""


@pytest.mark.parametrize(
    "body",
    ["return m.price(x)", "return m.COST[0](x)", "return m.Kind.GOOD.rate", "return m.Kind('good').rate"],
)
def test_the_state_of_an_object_of_the_project_counts(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an object was made of counts, though it stands for a function or is the member of an enum."""
    files = {"flow.py": flow(body, "import m\n"), "m.py": SCALE}

    monkeypatch.setenv("K", "1")
    digest, result = one_step(tmp_path, files)
    monkeypatch.setenv("K", "5")
    other_digest, other_result = one_step(tmp_path, files)

    assert (True, True) == (result != other_result, digest != other_digest)


def test_documentation_of_what_an_object_wraps_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the object has copied from its function is no state of its own."""
    monkeypatch.setenv("K", "1")
    documented = SCALE.replace("def price(x):\n", "def price(x):\n    'Say more.'\n")
    files = {"flow.py": flow("return m.price(x)", "import m\n"), "m.py": SCALE}

    one, _ = one_step(tmp_path, files)
    two, _ = one_step(tmp_path, {**files, "m.py": documented})

    assert one == two


@pytest.mark.parametrize(
    "body",
    [
        "return len(FRAME.query('a > @LIMIT'))",
        "return len(FRAME.query('a > @m.CONFIG[0]'))",
        "return len(FRAME.query('@m.keep(a)'))",
        "return FRAME.eval('b = a * @LIMIT')['b'].sum()",
        "return pd.eval('LIMIT + 1')",
    ],
)
def test_names_in_the_text_of_an_expression_count(body: str, tmp_path: Path) -> None:
    """Pandas looks names up in the caller's globals."""
    head = "import pandas as pd\nimport m\nfrom m import LIMIT\nFRAME = pd.DataFrame({'a': [1, 5, 9]})\n"
    text = "LIMIT = 3\nCONFIG = [3]\ndef keep(a):\n    return a > 3\n"
    files = {"flow.py": flow(body, head), "m.py": text}

    digest, result = one_step(tmp_path, files)
    other_digest, other_result = one_step(tmp_path, {**files, "m.py": text.replace("3", "7")})

    assert (True, True) == (result != other_result, digest != other_digest)


@pytest.mark.parametrize(
    "body", ["return Ask.model_json_schema()", "return TypeAdapter(Plain).json_schema()"]
)
def test_documentation_that_becomes_a_schema_counts(body: str, tmp_path: Path) -> None:
    """Models of language are told so what to do."""
    head = (
        "import dataclasses\nfrom pydantic import BaseModel, TypeAdapter\nclass Ask(BaseModel):\n    'Answer in English.'\n"
        "    n: int\n@dataclasses.dataclass\nclass Plain:\n    'Answer in English.'\n    n: int\n"
    )

    digest, result = one_step(tmp_path, {"flow.py": flow(body, head)})
    other = head.replace("English", "French")
    other_digest, other_result = one_step(tmp_path, {"flow.py": flow(body, other)})

    assert (True, True) == (result != other_result, digest != other_digest)
