"""The values for a run's parameters, as the command line gives them: a file, then `name=value`."""

from __future__ import annotations

from collections.abc import Sequence

from axl.errors import UsageError
from axl.io.assignment import PARAM, Given, parse_assignment, show
from axl.runtime.parameters.bind import read_params


def given_params(file: str | None, assignments: Sequence[str] | None) -> tuple[Given, ...]:
    """Return the values in order of increasing weight.

    Raises `UsageError` for a file that is not there and for a name that is given twice, `ParameterError`
    for contents that no run can take.
    """
    named = [parse_assignment(text) for text in assignments or ()]
    for place, each in enumerate(named):
        if any(each.name == other.name for other in named[:place]):
            raise UsageError(
                f"{PARAM} {show(each.name)} is given twice", hint="give each parameter one value"
            )
    return (*_from_file(file), *named)


def _from_file(path: str | None) -> tuple[Given, ...]:
    if path is None:
        return ()
    from axl.io.documents import read_document  # noqa: PLC0415 (yaml, only for a file)

    return read_params(read_document(path), path)
