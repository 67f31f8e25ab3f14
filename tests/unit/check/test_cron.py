"""Cron lines: the five fields that every target takes."""

from __future__ import annotations

import pytest

from axl.check.cron import cron_fault

GOOD = """\
* * * * *
0 3 * * *
*/15 * * * *
0 0-6/2 * * *
0,30 8-18 1,15 * mon-fri
59 23 31 12 7
0 0 29 feb *
0 0 31 4,5 *
5 4 * JAN-mar SUN
0 0 31 2 1
""".splitlines()

BAD = {
    "": "has 0 fields, not five",
    "@daily": "has 1 fields, not five",
    "* * * *": "has 4 fields, not five",
    "* * * * * *": "has 6 fields, not five",
    "60 * * * *": "a minute that is not from 0 to 59",
    "* 24 * * *": "an hour",
    "* * 0 * *": "a day of the month that is not from 1 to 31",
    "* * 32 * *": "not from 1 to 31",
    "* * * 13 *": "a month that is not from 1 to 12",
    "* * * * 8": "a day of the week that is not from 0 to 7",
    "* * * foo *": "a month that is not from 1 to 12",
    "* * * * fri-mon": "runs backwards",
    "30-10 * * * *": "runs backwards",
    "*/0 * * * *": "a step out of range",
    "*/60 * * * *": "a step out of range",
    "5/10 * * * *": "a step without a range",
    "*-5 * * * *": "is not cron",
    "1,,2 * * * *": "is not cron",
    "0 3 L * *": "is not cron",
    "0 3 ? * *": "is not cron",
    "0 3 15W * *": "is not cron",
    "0 3 * * mon#2": "is not cron",
    "-1 * * * *": "is not cron",
    "0 0 30 2 *": "names a day that no month has",
    "0 0 31 apr,jun *": "names a day that no month has",
    "٣ * * * *": "is not cron",
}


@pytest.mark.parametrize("line", GOOD)
def test_a_cron_line_passes(line: str) -> None:
    """Lists, ranges, steps and names in either case are taken."""
    assert cron_fault(line) is None


@pytest.mark.parametrize(("line", "expected"), BAD.items(), ids=BAD)
def test_a_cron_line_is_refused(line: str, expected: str) -> None:
    """What is wrong is named with its field, and a right line is shown."""
    fault = cron_fault(line)

    assert fault is not None
    assert expected.removeprefix("an ").removeprefix("a ") in fault[0]
    assert "`0 3 * * *`" in fault[1]
