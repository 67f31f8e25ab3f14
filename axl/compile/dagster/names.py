"""The Python names of the generated module: what an op or job is called there, clear of everything else."""

from __future__ import annotations

from dataclasses import dataclass

from axl.compile.dagster.model import Job
from axl.ir.nodes import IRWorkflow

_TAKEN = frozenset(
    """
    after call case context defs dg executor exit_sensor first_run importlib item join match os parameters
    present remote run_items run_on_exit run_result run_step ended status word type
    abs all any bool bytes callable chr dict dir divmod enumerate eval exec filter float format
    frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list
    locals map max memoryview min next object oct open ord pow print property range repr reversed
    round set setattr slice sorted staticmethod str sum super tuple vars zip
    """.split()
)
"""Names of the module's own functions and imports, and of Python's, that no op may hide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """`functions` names the function of each op; `dagster_job` is the job's name in Dagster."""

    functions: dict[str, str]
    dagster_job: str
    job: str
    exit_job: str
    schedule: str

    @classmethod
    def of(cls, program: IRWorkflow, job: Job) -> Names:
        """Return the names of a program's module."""
        ops = [op.name for op in job.ops]
        if program.on_exit is not None:
            ops.append(program.on_exit.id)
        used = set(_TAKEN) | {name for name in ops if name not in _TAKEN}
        functions = {name: name if name not in _TAKEN else _free(f"{name}_op", used) for name in ops}
        plain = program.name.replace("-", "_")
        return cls(
            functions=functions,
            dagster_job=plain,
            job=_free(plain, used),
            exit_job=_free(f"{plain}_on_exit", used),
            schedule=_free(f"{plain}_schedule", used),
        )


def _free(wanted: str, used: set[str]) -> str:
    """Return a name that is not used, and take it; ids have no `__`, so the second form is always free."""
    name = wanted if wanted not in used else f"{wanted}__job"
    used.add(name)
    return name
