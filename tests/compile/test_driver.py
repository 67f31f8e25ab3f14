"""The driver refuses everything at once, checks every pass, and finds targets by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import flows
import pytest

from axl import Workflow, api, step
from axl.compile.driver import compile_program
from axl.compile.explain import explain
from axl.compile.feature import Feature, needs
from axl.compile.target import Artifact, Estimate, Origin, Pass, Refusal
from axl.compile.targets import get_target
from axl.errors import CheckError, InternalError, RefusedError, UsageError
from axl.ir.nodes import IRWorkflow


class Toy:
    """A target that writes the workflow's name and knows nothing but steps."""

    name = "toy"
    supports = frozenset({Feature.PARAMETERS})
    lowered: Mapping[Feature, str] = {}
    refused: Mapping[Feature, Refusal] = {}
    passes: tuple[Pass, ...] = ()

    def estimate(self, program: IRWorkflow) -> tuple[Estimate, ...]:
        return ()

    def emit(self, program: IRWorkflow, origin: Origin) -> Artifact:
        return Artifact({"name": program.name.encode()})


def test_everything_missing_is_refused_at_once() -> None:
    """One error names each feature, every line that needs it, and the way out."""
    with pytest.raises(RefusedError) as caught:
        api.compile(flows.Packaged, "dagster")

    (problem,) = caught.value.problems
    assert 3 == caught.value.exit_code
    assert "packaged.fit (and 1 more): packages of steps cannot be had on dagster" in problem.what
    assert "image=" in problem.hint
    lines = Path(flows.__file__).read_text().splitlines()
    assert ["self.show(self.read(self.fit()))"] * 2 == [
        lines[loc.line - 1].strip().removeprefix("return ") for loc in (problem.where * 2)[:2]
    ]


def test_packages_are_taken_to_be_in_the_image() -> None:
    """A step with an image may name packages; how they get there is said, and the image is in the tags."""
    (verdict,) = (
        each
        for each in explain(api.checked(flows.Imaged), get_target("dagster")).verdicts
        if each.feature is Feature.PACKAGES_IN_IMAGE
    )
    (data,) = api.compile(flows.Imaged, "dagster").files.values()

    assert ("lowered", ("show",)) == (verdict.how, verdict.nodes)
    assert "the image has to have them" in verdict.text
    assert b'"image": "registry/with-polars:1"' in data


def test_a_workflow_that_cannot_be_imported_is_refused() -> None:
    """A class that is defined in a function is none that Dagster can find."""

    class Local(Workflow):
        @step
        def one(self) -> int:
            return 1

        def graph(self) -> int:
            return self.one()

    with pytest.raises(RefusedError, match="defined in a function"):
        api.compile(Local, "dagster")


def test_a_target_refuses_what_it_does_not_say(tmp_path: Path) -> None:
    """Features that a target has never heard of are refused too, each once, in order."""
    program = api.checked(flows.Everything)

    with pytest.raises(RefusedError) as caught:
        compile_program(program, Toy())

    wanted = dict.fromkeys(need.feature for need in needs(program) if need.feature is not Feature.PARAMETERS)
    named = [problem.what.partition(": ")[2].partition(" cannot")[0] for problem in caught.value.problems]
    assert [feature.value for feature in wanted] == named


def test_a_pass_that_breaks_a_program_is_our_mistake() -> None:
    """What a pass returns is checked, and the pass is named."""

    class Broken(Toy):
        supports = frozenset(Feature)

        def forget(program: IRWorkflow) -> IRWorkflow:  # type: ignore[misc]  # noqa: N805 (a pass, not a method)
            return replace(program, body=replace(program.body, nodes=()))

        passes = (forget,)

    with pytest.raises(InternalError, match=r"the pass forget of the target toy broke slow"):
        compile_program(api.checked(flows.Slow), Broken())


def test_a_pass_lowers_before_it_is_decided_what_is_missing() -> None:
    """What a pass takes away need not be supported."""

    class Without(Toy):
        supports = frozenset(Feature) - {Feature.MAX_PARALLEL}

        def drop(program: IRWorkflow) -> IRWorkflow:  # type: ignore[misc]  # noqa: N805 (a pass, not a method)
            return replace(program, max_parallel=None)

        passes = (drop,)

    assert {"name": b"everything"} == compile_program(api.checked(flows.Everything), Without()).files


def test_a_program_that_is_not_well_formed_is_not_compiled() -> None:
    """The driver does not trust whoever hands it a program."""
    program = api.checked(flows.Slow)
    with pytest.raises(CheckError):
        compile_program(replace(program, name="Not a name"), get_target("dagster"))


def test_an_unknown_target_is_named_with_the_nearest() -> None:
    """A misspelt target is a usage error."""
    with pytest.raises(UsageError, match="did you mean 'dagster'"):
        get_target("dagstr")


def test_what_a_target_makes_of_a_workflow_is_said_feature_by_feature() -> None:
    """Native, lowered and how, or refused with why and what instead; sizes only where it compiles."""
    target = get_target("dagster")

    fine = {each.feature: each for each in explain(api.checked(flows.Everything), target).verdicts}
    refused = explain(api.checked(flows.Packaged), target)

    assert "native" == fine[Feature.SCHEDULE].how
    assert ("lowered", ("load",)) == (fine[Feature.TIMEOUT].how, fine[Feature.TIMEOUT].nodes)
    assert "runner" in fine[Feature.TIMEOUT].text
    assert refused.is_refused
    assert () == refused.sizes


def test_a_target_speaks_of_every_feature_once() -> None:
    """What is supported is native or lowered; what is not is refused with a reason."""
    target = get_target("dagster")

    assert frozenset(Feature) - target.supports == target.refused.keys()
    assert target.lowered.keys() <= target.supports
