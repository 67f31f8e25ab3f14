"""Drives the runs of a Dagster instance through its web server.

Results are not here: they are in the store, under the same run id, for `axl outputs` and `axl show`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from axl.deploy.graphql import ask
from axl.errors import ParameterError, StoreError, UsageError
from axl.wire.values import JSON

VARIABLE = "AXL_DAGSTER_URL"
DEFAULT_URL = "http://127.0.0.1:3000"

_STATUS = {
    "SUCCESS": "succeeded",
    "FAILURE": "failed",
    "CANCELED": "cancelled",
    "CANCELING": "running",
    "STARTED": "running",
    "STARTING": "queued",
    "QUEUED": "queued",
    "NOT_STARTED": "queued",
    "MANAGED": "queued",
}
ENDED = frozenset({"succeeded", "failed", "cancelled"})

_FIND = """
query { repositoriesOrError { __typename ... on RepositoryConnection { nodes {
  name location { name } jobs { name } } } } }
"""
_LAUNCH = """
mutation ($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename
  ... on LaunchRunSuccess { run { runId } }
  ... on RunConfigValidationInvalid { errors { message } }
  ... on PythonError { message } } }
"""
_AGAIN = """
mutation ($params: ReexecutionParams!) { launchRunReexecution(reexecutionParams: $params) {
  __typename
  ... on LaunchRunSuccess { run { runId } }
  ... on PythonError { message } } }
"""
_STATE = """
query ($run: ID!) { runOrError(runId: $run) { __typename ... on Run {
  status jobName startTime endTime rootRunId } } }
"""
_LOGS = """
query ($run: ID!, $after: String) { logsForRun(runId: $run, afterCursor: $after) {
  __typename
  ... on EventConnection { cursor hasMore events {
    __typename ... on MessageEvent { message timestamp stepKey level }
    ... on ExecutionStepFailureEvent { error { message } } } } } }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a run stands: in axl's words; `run` is the id under which the store has it."""

    run: str
    job: str
    status: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a run's log; `step` is empty for what concerns the whole run."""

    time: float
    step: str
    text: str


class Instance:
    """A Dagster instance whose web server is at a URL."""

    def __init__(self, url: str = DEFAULT_URL) -> None:
        self._url = url

    @property
    def url(self) -> str:
        """Where its web server is asked."""
        return self._url

    def answers(self) -> bool:
        """Say whether a Dagster web server is there."""
        try:
            return "version" in ask(self._url, "{ version }", {})
        except StoreError:
            return False

    def submit(self, job: str, params: Mapping[str, JSON]) -> str:
        """Launch a job and return the id of its run.

        Raises `UsageError` when no code location has the job, `ParameterError` for values that its
        config does not take, and `StoreError` when the server does not answer.
        """
        location, repository = self._find(job)
        config: dict[str, JSON] = {"resources": {"parameters": {"config": dict(params)}}} if params else {}
        selector: dict[str, JSON] = {
            "repositoryLocationName": location,
            "repositoryName": repository,
            "jobName": job,
        }
        answer = self._ask(_LAUNCH, "launchRun", {"params": {"selector": selector, "runConfigData": config}})
        if answer["__typename"] == "RunConfigValidationInvalid":
            errors = cast("list[dict[str, str]]", answer["errors"])
            raise ParameterError("; ".join(error["message"] for error in errors))
        return _run_of(answer)

    def retry(self, run: str) -> str:
        """Run again what failed and what comes after it, and return the id of Dagster's new run.

        In the store it goes on with the first run.
        """
        params: JSON = {"parentRunId": run, "strategy": "FROM_FAILURE"}
        return _run_of(self._ask(_AGAIN, "launchRunReexecution", {"params": params}))

    def state(self, run: str) -> State:
        """Return how a run stands; `UsageError` when the instance does not know it."""
        answer = self._ask(_STATE, "runOrError", {"run": run})
        if answer["__typename"] != "Run":
            raise UsageError(f"Dagster at {self._url} has no run {run!r}", hint="its run ids are whole UUIDs")
        began = cast("float | None", answer["startTime"])
        ended = cast("float | None", answer["endTime"])
        return State(
            run=cast("str", answer["rootRunId"] or run),
            job=cast("str", answer["jobName"]),
            status=_STATUS.get(cast("str", answer["status"]), "running"),
            seconds=(ended or time.time()) - began if began else 0.0,
        )

    def wait(self, run: str, pause: float = 1.0) -> State:
        """Wait for the end of a run, asking every `pause` seconds."""
        while (state := self.state(run)).status not in ENDED:
            time.sleep(pause)
        return state

    def logs(self, run: str) -> Iterator[Line]:
        """Yield what Dagster wrote down of a run so far, in order."""
        after: str | None = None
        while True:
            answer = self._ask(_LOGS, "logsForRun", {"run": run, "after": after})
            if answer["__typename"] != "EventConnection":
                raise UsageError(f"Dagster at {self._url} has no run {run!r}")
            for event in cast("list[dict[str, JSON]]", answer["events"]):
                yield _line(event)
            if not answer["hasMore"]:
                return
            after = cast("str", answer["cursor"])

    def _find(self, job: str) -> tuple[str, str]:
        """Return the code location and the repository that have a job."""
        answer = self._ask(_FIND, "repositoriesOrError", {})
        known: list[str] = []
        for node in cast("list[dict[str, JSON]]", answer.get("nodes", [])):
            names = [each["name"] for each in cast("list[dict[str, str]]", node["jobs"])]
            if job in names:
                return cast("dict[str, str]", node["location"])["name"], cast("str", node["name"])
            known += [name for name in names if not name.startswith("__")]
        raise UsageError(
            f"Dagster at {self._url} has no job {job!r}",
            hint=f"compile the workflow and load the file there; its jobs are: {', '.join(known) or 'none'}",
        )

    def _ask(self, query: str, field: str, variables: Mapping[str, JSON]) -> dict[str, JSON]:
        return cast("dict[str, JSON]", ask(self._url, query, variables)[field])


def _run_of(answer: dict[str, JSON]) -> str:
    if answer["__typename"] != "LaunchRunSuccess":
        raise StoreError(f"Dagster did not launch it: {answer.get('message') or answer['__typename']}")
    return cast("dict[str, str]", answer["run"])["runId"]


def _line(event: dict[str, JSON]) -> Line:
    error = event.get("error")
    text = cast("str", event.get("message") or event["__typename"])
    if isinstance(error, dict):
        text = f"{text} {error.get('message')}"
    return Line(
        time=int(cast("str", event.get("timestamp") or "0")) / 1000,
        step=cast("str", event.get("stepKey") or ""),
        text=text.rstrip(),
    )
