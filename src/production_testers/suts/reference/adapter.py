"""The reference executor behind the adapter contract."""

from production_testers.model.pipeline import PipelineSpec
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability, SutDescription
from production_testers.suts.contract import Body, RunResult, StageResult
from production_testers.suts.reference.executor import (
    Execution,
    PipelineCancelledError,
    StageFailedError,
)

COMPONENT = "production_testers.suts.reference.executor.Execution.run"


class ReferenceAdapter:
    """Runs pipelines on the reference executor."""

    name = "reference"
    import_roots = ("production_testers.suts.reference",)

    def describe(self) -> SutDescription:
        """Every capability, none of them cited: the code is the document."""
        return SutDescription(
            name="reference",
            version=None,
            capabilities=dict.fromkeys(Capability),
            components=dict.fromkeys(Capability, COMPONENT),
        )

    def build(self, pipeline: PipelineSpec, body: Body) -> Body:
        """Nothing is built: every run has its own state."""
        pipeline.topological_order()
        return body

    async def run(self, built: Body, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        """Execute once."""
        execution = Execution(
            pipeline, built, {**request.input, "run": request.key}, request.identity
        )
        try:
            outcomes = await execution.run()
        except StageFailedError as error:
            return RunResult(
                ended="failed", stage=error.stage, error=error.__cause__, message=str(error)
            )
        except PipelineCancelledError as error:
            return RunResult(ended="cancelled", stage=error.stage, message=str(error))
        return RunResult(
            ended="completed",
            stages={
                name: StageResult(status=outcome.status, value=dict(outcome.value))
                for name, outcome in outcomes.items()
            },
        )
