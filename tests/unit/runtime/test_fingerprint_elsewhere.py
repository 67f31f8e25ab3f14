"""What a module of the project puts into others' modules and classes counts for whoever imports it."""

from __future__ import annotations

import builtins
import decimal
import json
import math
import string
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from axl.runtime.code.fingerprint import FingerprintError
from tests.unit.runtime.projects import edited_file, flow, one_step

NUMBER = "x*2"
BY_CLASS = ("return string.Template('').axl_lent(x)", "import string\n")
BY_MODULE = ("return math.axl_lent(x)", "import math\n")
METHOD = "import string\ndef mine(self, x): return x*2\n"
FUNCTION = "import math\ndef mine(x): return x*2\n"
INTO = """\
import string
def into(cls):
    def put(it):
        setattr(cls, it.__name__, it)
        return it
    return put
"""
ACCESSOR = "import pandas as pd\n@pd.api.extensions.register_dataframe_accessor('axl_lent')\n"

# The step, what it imports beside `patches`, and the text of `patches.py`.
PATCHES = {
    "function of a module": (*BY_MODULE, f"{FUNCTION}math.axl_lent = mine\n"),
    "function of a module that is imported by name": (
        "from math import axl_lent\nreturn axl_lent(x)",
        "",
        f"{FUNCTION}math.axl_lent = mine\n",
    ),
    "builtin": (
        "return axl_lent(x)",
        "",
        "import builtins\ndef mine(x): return x*2\nbuiltins.axl_lent = mine\n",
    ),
    "method of a class": (*BY_CLASS, f"{METHOD}string.Template.axl_lent = mine\n"),
    "method of an imported class": (
        *BY_CLASS,
        "from string import Template\ndef mine(self, x): return x*2\nTemplate.axl_lent = mine\n",
    ),
    "method by another name": (*BY_CLASS, f"{METHOD}T = string.Template\nT.axl_lent = mine\n"),
    "methods in a loop": (
        *BY_CLASS,
        f"{METHOD}for cls in (string.Formatter, string.Template):\n    cls.axl_lent = mine\n",
    ),
    "by setattr": (*BY_CLASS, f"{METHOD}setattr(string.Template, 'axl_lent', mine)\n"),
    "by setattr in a comprehension": (
        *BY_CLASS,
        f"{METHOD}[setattr(string.Template, name, mine) for name in ['axl_lent']]\n",
    ),
    "by the dict of a module": (*BY_MODULE, f"{FUNCTION}math.__dict__.update(axl_lent=mine)\n"),
    "in a condition": (*BY_MODULE, f"{FUNCTION}if math.pi > 3:\n    math.axl_lent = mine\n"),
    "in a function": (*BY_CLASS, f"{METHOD}def put():\n    string.Template.axl_lent = mine\nput()\n"),
    "in a function that imports": (
        *BY_MODULE,
        "def mine(x): return x*2\ndef put():\n    import math\n    math.axl_lent = mine\nput()\n",
    ),
    "by a function, of what it is given": (
        *BY_CLASS,
        f"{METHOD}def put(it):\n    string.Template.axl_lent = it\n_ = put(mine)\n",
    ),
    "by a decorator": (
        *BY_CLASS,
        f"{INTO}@into(string.Template)\ndef axl_lent(self, x): return x*2\n",
    ),
    "in a class body": (*BY_MODULE, f"{FUNCTION}class Put:\n    math.axl_lent = mine\n"),
    "by a mock": (
        "return math.axl_lent(x)",
        "import math\n",
        f"{FUNCTION}from unittest import mock\nmock.patch('math.axl_lent', mine, create=True).start()\n",
    ),
    "setting of a module": (
        "import decimal\nreturn decimal.getcontext().prec",
        "",
        "import decimal\nx = 20\ndecimal.getcontext().prec = x*2\n",
    ),
    "call of a function of a module": (
        "import random\nreturn random.random()",
        "",
        "import random\nx = 1\nrandom.seed(x*2)\n",
    ),
    "variable of the environment": (
        "import os\nreturn os.environ['AXL_LENT']",
        "",
        "import os\nx = 1\nos.environ['AXL_LENT'] = str(x*2)\n",
    ),
    "accessor of a package": (
        "return pd.DataFrame({'a': [x]}).axl_lent.run(x)",
        "import pandas as pd\n",
        f"{ACCESSOR}class Lent:\n    def __init__(self, frame): pass\n    def run(self, x): return x*2\n",
    ),
}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take away what the projects put into modules of Python's."""
    precision = decimal.getcontext().prec
    monkeypatch.setenv("AXL_LENT", "0")
    yield
    decimal.getcontext().prec = precision
    for place in (math, builtins, string.Template, string.Formatter, pd.DataFrame):
        if "axl_lent" in vars(place):
            delattr(place, "axl_lent")


@pytest.mark.filterwarnings("ignore:registration of accessor")
@pytest.mark.parametrize("imports", ["import patches\n", "import between\n", "import pack.inner\n"])
@pytest.mark.parametrize("kind", PATCHES)
def test_what_is_put_elsewhere_counts(kind: str, imports: str, tmp_path: Path) -> None:
    """A function in another's module or class counts, however it came there, and through any import."""
    body, head, patches = PATCHES[kind]
    files = {
        "flow.py": flow(body, f"{imports}{head}"),
        "between.py": "import patches\n",
        "pack/__init__.py": "from . import beside\n",
        "pack/inner.py": "",
        "pack/beside.py": "import patches\n",
        "patches.py": patches,
    }

    digest, result = one_step(tmp_path, files)
    other_digest, other_result = one_step(tmp_path, edited_file(files, "patches.py", NUMBER, "x*3"))

    assert (True, True) == (result != other_result, digest != other_digest)


def test_an_import_in_the_step_counts_too(tmp_path: Path) -> None:
    """A module is run by whoever imports it, whether or not its name is used."""
    body, head, patches = PATCHES["function of a module"]
    files = {"flow.py": flow(f"import patches\n{body}", head), "patches.py": patches}

    one, _ = one_step(tmp_path, files)
    two, _ = one_step(tmp_path, edited_file(files, "patches.py", NUMBER, "x*3"))

    assert one != two


@pytest.mark.parametrize(
    "patches",
    [
        "import logging\nlogging.basicConfig(format='x*2')\n",
        "print('x*2', end='')\n",
        "def unused():\n    return 'x*2'\n",
        "LOCAL = {}\nLOCAL['x*2'] = 1\n",
        "class Local: pass\nLocal.text = 'x*2'\n",
        "from decimal import Decimal\nHALF = Decimal(len('x*2 + 3')) / 2\n",
    ],
)
def test_what_stays_in_its_module_does_not_count(patches: str, tmp_path: Path) -> None:
    """Of a module that a step does not use, only what it does to others counts."""
    files = {"flow.py": flow("return x", "import patches\n"), "patches.py": patches}

    one, _ = one_step(tmp_path, files)
    two, _ = one_step(tmp_path, edited_file(files, "patches.py", NUMBER, "x*3"))

    assert one == two


def test_a_loader_of_plugins_refuses_nobody(tmp_path: Path) -> None:
    """What a module loads when it is imported is in its values; only a step may not load by a text."""
    loader = "import importlib\nimportlib.import_module('json')\n"
    files = {"flow.py": flow("return x", "import loads\n"), "loads.py": loader}

    assert one_step(tmp_path, files)[1] == json.dumps(5)

    with pytest.raises(FingerprintError, match="what it loads cannot be followed"):
        one_step(tmp_path, {"flow.py": flow("return importlib.import_module('json')", "import importlib\n")})
