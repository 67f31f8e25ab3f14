"""Settings: where they come from, and which one wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from axl.cli.config import Settings, read_settings, sources
from axl.errors import UsageError


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin in an empty folder, with an empty home and no variables."""
    for name in ("STORE", "EXECUTOR", "WORKERS", "LOG_FORMAT", "KEEP_GOING", "GRACE"):
        monkeypatch.delenv(f"AXL_{name}", raising=False)
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.chdir(tmp_path / "work")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_there_are_defaults() -> None:
    """With nothing said, a run uses processes and stops at the first failure."""
    assert Settings() == read_settings({})


def test_each_setting_comes_from_its_strongest_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Flag over environment over axl.toml over pyproject.toml over the home folder, setting by setting."""
    write(
        tmp_path / "home/.config/axl/axl.toml",
        "workers = 1\nexecutor = 'thread'\ngrace = 1\nlog_format = 'json'\nstore = 's3://a'",
    )
    write(
        Path("pyproject.toml"),
        "[project]\nname = 'x'\n[tool.axl]\nworkers = 2\nexecutor = 'inline'\ngrace = 2.5\nstore = 's3://b'",
    )
    write(Path("axl.toml"), "workers = 3\nexecutor = 'process'\nstore = 's3://c'")
    monkeypatch.setenv("AXL_WORKERS", "4")
    monkeypatch.setenv("AXL_EXECUTOR", "thread")

    settings = read_settings({"workers": 5, "executor": None, "json": True})

    expected = Settings(workers=5, executor="thread", store="s3://c", grace=2.5, log_format="json")
    assert expected == settings


def test_the_nearest_folder_upwards_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file further up is not read once a nearer one is found; without a table for axl a project does not count."""
    write(tmp_path / "work/axl.toml", "workers = 7")
    write(tmp_path / "work/a/pyproject.toml", "[project]\nname = 'other'")
    write(tmp_path / "axl.toml", "workers = 1\ngrace = 1")
    (tmp_path / "work/a/b").mkdir()
    monkeypatch.chdir(tmp_path / "work/a/b")

    assert (Settings(workers=7), [tmp_path / "work/axl.toml"]) == (read_settings({}), sources())


def test_a_folder_as_store_is_meant_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A store named in a file stays the same store from every folder below."""
    write(tmp_path / "work/axl.toml", "store = 'runs'")
    (tmp_path / "work/deep").mkdir()
    monkeypatch.chdir(tmp_path / "work/deep")

    assert str(tmp_path / "work/runs") == read_settings({}).store


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("true", True), ("YES", True), ("off", False), ("0", False)]
)
def test_a_switch_in_the_environment_reads_as_people_write_it(
    monkeypatch: pytest.MonkeyPatch, text: str, value: bool
) -> None:
    """AXL_KEEP_GOING takes the usual words."""
    monkeypatch.setenv("AXL_KEEP_GOING", text)

    assert value is read_settings({}).keep_going


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("wrokers = 1", "there is no setting `wrokers`\n\nhint: did you mean `workers`?"),
        ("colour = 1", "there is no setting `colour`\n\nhint: known are: store, executor"),
        ("workers = 0", "`workers` is 0\n\nhint: workers is a whole number"),
        ("workers = true", "`workers` is True"),
        ("workers = 1.5", "`workers` is 1.5"),
        ("workers = '2'", "`workers` is '2'"),
        ("executor = 'docker'", "`executor` is 'docker'\n\nhint: one of: process, thread, inline"),
        ("executor = 3", "`executor` is 3"),
        ("log_format = 'xml'", "`log_format` is 'xml'"),
        ("keep_going = 'maybe'", "`keep_going` is 'maybe'"),
        ("grace = -1", "`grace` is -1"),
        ("grace = inf", "`grace` is inf"),
        ("grace = nan", "`grace` is nan"),
        ("store = ''", "`store` is ''"),
        ("store = 5", "`store` is 5"),
        ("workers = ", "is not TOML"),
        ("a = " + "[" * 5000, "is not TOML"),
        ("workers = 1\nworkers = 2", "is not TOML"),
    ],
)
def test_a_wrong_file_is_named(text: str, what: str) -> None:
    """Unknown names and wrong values are refused with the file and what would be right."""
    write(Path("axl.toml"), text)

    with pytest.raises(UsageError) as raised:
        read_settings({})

    assert "axl.toml" in str(raised.value)
    assert what in str(raised.value)


@pytest.mark.parametrize(
    ("variable", "text", "what"),
    [
        ("AXL_WORKERS", "many", "AXL_WORKERS is 'many'"),
        ("AXL_WORKERS", "-1", "AXL_WORKERS is -1"),
        ("AXL_EXECUTOR", "Process", "AXL_EXECUTOR is 'Process'"),
        ("AXL_GRACE", "soon", "AXL_GRACE is 'soon'"),
        ("AXL_GRACE", "nan", "AXL_GRACE is nan"),
        ("AXL_KEEP_GOING", "perhaps", "AXL_KEEP_GOING is 'perhaps'"),
        ("AXL_LOG_FORMAT", "yaml", "AXL_LOG_FORMAT is 'yaml'"),
    ],
)
def test_a_wrong_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, what: str
) -> None:
    """The environment is held to the same rules."""
    monkeypatch.setenv(variable, text)

    with pytest.raises(UsageError) as raised:
        read_settings({})

    assert what in str(raised.value)


def test_a_wrong_value_in_a_project_is_named() -> None:
    """With the file, and the key as it is written there."""
    write(Path("pyproject.toml"), "[tool.axl]\nworkers = 0")

    with pytest.raises(UsageError, match=r"pyproject\.toml: `tool\.axl\.workers` is 0"):
        read_settings({})


def test_a_table_that_is_none_is_refused() -> None:
    """`tool.axl` has to be a table."""
    write(Path("pyproject.toml"), "[tool]\naxl = 3\n# tool.axl")

    with pytest.raises(UsageError, match=r"tool\.axl is not a table"):
        read_settings({})


def test_no_home_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a home folder there are no settings of the user."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))

    assert Settings() == read_settings({})


def test_a_file_that_is_not_text_is_refused() -> None:
    """Bytes that are not UTF-8 are told, with the file."""
    Path("axl.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(UsageError, match=r"axl.toml is not TOML"):
        read_settings({})
