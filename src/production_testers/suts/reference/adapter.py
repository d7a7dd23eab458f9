"""The reference executor behind the adapter contract."""

from production_testers.model.pipeline import PipelineSpec
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability, SutDescription
from production_testers.suts.contract import Body, RunResult
from production_testers.suts.reference.executor import execute

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
        return await execute(pipeline, built, request)
