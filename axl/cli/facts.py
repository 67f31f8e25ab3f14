"""What `--json` says of runs, and times as people read them: one form for every command."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

from axl.cli.screen import Screen
from axl.runtime.history.run import Run, RunSummary
from axl.runtime.history.timeline import Instance, StepSummary
from axl.wire.values import JSON


def dumps(facts: JSON) -> str:
    """Return facts as JSON text that people can read too."""
    return json.dumps(facts, ensure_ascii=False, indent=2)


def document(facts: JSON, screen: Screen) -> str:
    """Return facts as JSON text: on one line where the log is JSON lines, else as `dumps` does."""
    return json.dumps(facts, ensure_ascii=False) if screen.log_format == "json" else dumps(facts)


def moment(seconds: float) -> str | None:
    """Return a time as ISO 8601 in UTC; `None` where there is none."""
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_moment(seconds: float) -> str:
    """Return a time as the clock on the wall shows it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def summary_facts(summary: RunSummary) -> dict[str, JSON]:
    """Return one run in a few facts."""
    return {
        "run": summary.id,
        "workflow": summary.workflow,
        "status": summary.status,
        "created": moment(summary.created),
        "seconds": round(summary.seconds, 3),
        "counts": dict(summary.counts),
    }


def run_facts(run: Run) -> dict[str, JSON]:
    """Return a run with its sessions and steps."""
    sessions: list[JSON] = [
        {
            "number": session.number,
            "status": session.end.status if session.end else None,
            "started": moment(session.record.started),
            "ended": moment(session.end.ended) if session.end else None,
            "pid": session.record.pid,
            "host": session.record.host,
            "executor": session.record.executor,
            "workers": session.record.workers,
        }
        for session in run.sessions
    ]
    return {
        "run": run.id,
        "workflow": run.workflow,
        "source": run.record.source,
        "hash": run.record.hash,
        "status": run.status,
        "created": moment(run.created),
        "seconds": round(run.seconds, 3),
        "error": run.error,
        "params": dict(run.params),
        "sessions": sessions,
        "steps": [_step_facts(step) for step in run.timeline],
        "failures": [instance_facts(each) for each in run.instances() if each.failure],
    }


def instance_facts(instance: Instance) -> dict[str, JSON]:
    """Return one instance of a step."""
    failure = instance.failure
    return {
        "name": instance.name,
        "step": instance.node,
        "index": list(instance.index),
        "status": instance.status,
        "attempts": instance.attempts,
        "started": moment(instance.started),
        "seconds": round(instance.seconds, 6),
        "failure": failure.to_json() if failure else None,
    }


def _step_facts(step: StepSummary) -> dict[str, JSON]:
    return {
        "name": step.node,
        "counts": dict(step.counts),
        "attempts": step.attempts,
        "started": moment(step.started),
        "ended": moment(step.ended),
        "seconds": round(step.took, 6),
        "busy_seconds": round(step.busy, 6),
    }
