"""The functions that every generated module has: how an op reaches axl's runner, word for word."""

from __future__ import annotations

AFTER = '''
def after(*ops: str) -> dict[str, dg.In]:
    """Return an input for each op that ends before; nothing passes along it."""
    return {op: dg.In(dg.Nothing) for op in ops}
'''

EXECUTOR = '''
def executor() -> dg.ExecutorDefinition:
    """Return what runs the ops: what $AXL_DAGSTER_EXECUTOR names, or else processes."""
    name = os.environ.get("AXL_DAGSTER_EXECUTOR", "multiprocess")
    if name == "in_process":
        return present(dg.in_process_executor)
    if name == "multiprocess":
        forks: dict[str, Any] = {"start_method": {"forkserver": {}}}
        return present(dg.multiprocess_executor).configured(LIMITS | forks)
    if name == "k8s":
        found: Any = importlib.import_module("dagster_k8s")
        return present(found.k8s_job_executor).configured(LIMITS)
    known = "in_process, multiprocess or k8s"
    raise ValueError(f"AXL_DAGSTER_EXECUTOR is {name!r}, which is not {known}")


def present(definition: dg.ExecutorDefinition) -> dg.ExecutorDefinition:
    """Return an executor that holds axl's run while it hands out the ops."""

    def create(context: dg.InitExecutorContext) -> dg.Executor:
        make = definition.executor_creation_fn
        if make is None:
            raise ValueError(f"the executor {definition.name} cannot be made")
        return Present(make(context))

    schema: Any = definition.config_schema
    return dg.ExecutorDefinition(
        name=definition.name,
        config_schema=schema,
        requirements=definition.get_requirements,
        executor_creation_fn=create,
        description=definition.description,
    )


class Present(dg.Executor):
    """Does what another executor does; meanwhile the store knows that the run goes on."""

    def __init__(self, inner: dg.Executor) -> None:
        self.inner = inner

    @property
    def retries(self) -> Any:
        return self.inner.retries

    @property
    def step_dependency_config(self) -> Any:
        return self.inner.step_dependency_config

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[Any]:
        run = first_run(plan_context.instance, plan_context.dagster_run)
        by = f"dagster {plan_context.run_id}"
        with remote.driving(run.run_id, by):
            yield from self.inner.execute(plan_context, execution_plan)
'''

STEP = '''
def run_step(context: dg.OpExecutionContext, parameters: Parameters, node: str) -> None:
    """Run a step in a process of its own, and commit its result to the store."""
    item = context.get_mapping_key() or ""
    report = join(context, parameters).step(node, item, context.retry_number)
    if report.retry_after is not None:
        context.log.warning(report.error)
        raise dg.RetryRequested(report.retries, report.retry_after)
    if report.error:
        raise dg.Failure(report.error, metadata=report.facts, allow_retries=False)
    context.add_output_metadata(report.facts)
'''

ITEMS = '''
def run_items(
    context: dg.OpExecutionContext, parameters: Parameters, node: str
) -> Iterator[dg.DynamicOutput[None]]:
    """Name the items that a map runs over; only their places leave this op."""
    report = join(context, parameters).items(node)
    if report.error:
        raise dg.Failure(report.error, allow_retries=False)
    for item in report.items:
        yield dg.DynamicOutput(None, mapping_key=item)
'''

JOIN = '''
def run_result(context: dg.OpExecutionContext, parameters: Parameters) -> None:
    """Record that the run has succeeded, and where its result is."""
    context.add_output_metadata(join(context, parameters).finish().facts)


def join(context: dg.OpExecutionContext, parameters: Parameters) -> remote.Run:
    """Return axl's run of a Dagster run."""
    run = first_run(context.instance, context.run)
    by = f"dagster {context.run_id}"
    return remote.join(WORKFLOW, run.run_id, parameters.given(), by)


def first_run(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRun:
    """Return the run of which some ops are run again, or the run itself."""
    ops = {node.name for node in JOB.nodes}
    while run.parent_run_id and run.step_keys_to_execute is not None:
        parent = instance.get_run_by_id(run.parent_run_id)
        again = {key.partition("[")[0] for key in run.step_keys_to_execute}
        if parent is None or ops <= again:
            break
        run = parent
    return run
'''

ENDED = '''
class Ended(dg.Config):
    """How a run ended."""

    run_id: str
    status: str
'''

SENSOR = '''
ENDS = {
    dg.DagsterRunStatus.SUCCESS: "succeeded",
    dg.DagsterRunStatus.FAILURE: "failed",
    dg.DagsterRunStatus.CANCELED: "cancelled",
}


def exit_sensor(status: dg.DagsterRunStatus, word: str) -> dg.SensorDefinition:
    """Return what starts the step that always runs last, once a run has ended so."""

    @dg.run_status_sensor(
        name=f"{EXIT_JOB.name}_{word}",
        run_status=status,
        monitored_jobs=[JOB],
        request_job=EXIT_JOB,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.RunStatusSensorContext) -> dg.RunRequest:
        run = context.dagster_run
        ended = Ended(run_id=first_run(context.instance, run).run_id, status=word)
        config = dg.RunConfig(ops={EXIT_OP: ended})
        return dg.RunRequest(run_key=run.run_id, run_config=config)

    return sensor
'''

ON_EXIT = '''
def run_on_exit(context: dg.OpExecutionContext, ended: Ended) -> None:
    """Run the step that always runs last."""
    report = remote.on_exit(WORKFLOW, ended.run_id, ended.status)
    if report.error:
        raise dg.Failure(report.error, metadata=report.facts, allow_retries=False)
    context.add_output_metadata(report.facts)
'''
