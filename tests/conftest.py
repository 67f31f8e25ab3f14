"""What holds for every test: the number of skips may be fixed from the command line."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--expected-skips",
        type=int,
        default=None,
        metavar="N",
        help="print the number of skipped tests, and fail unless it is N",
    )


def _skips(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", [])) if reporter else 0


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    expected = session.config.getoption("--expected-skips")
    is_worker = hasattr(session.config, "workerinput")
    if expected is None or is_worker or session.exitstatus != pytest.ExitCode.OK:
        return
    if _skips(session.config) != expected:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    expected = config.getoption("--expected-skips")
    if expected is not None:
        terminalreporter.line(f"skipped tests: {_skips(config)}, expected: {expected}")
