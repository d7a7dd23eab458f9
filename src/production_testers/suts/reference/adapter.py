"""The reference executor behind the adapter contract."""

from collections.abc import Callable, Mapping
from typing import Any

from production_testers.model.pipeline import PipelineSpec
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability, SutDescription
from production_testers.suts.contract import Body, RunResult
from production_testers.suts.reference.executor import Built, execute
from production_testers.suts.reference.redaction import REDACTS

COMPONENT = "production_testers.suts.reference.executor.Execution.run"


class ReferenceAdapter:
    """Runs pipelines on the reference executor."""

    name = "reference"
    import_roots: tuple[str, ...] = ("production_testers.suts.reference",)

    def __init__(self) -> None:
        self.emitted: Callable[[str, Mapping[str, Any]], None] | None = None

    def describe(self) -> SutDescription:
        """Every capability, none of them cited: the code is the document."""
        return SutDescription(
            name="reference",
            version=None,
            capabilities=dict.fromkeys(Capability),
            components=dict.fromkeys(Capability, COMPONENT),
            redacts=REDACTS,
        )

    def build(self, pipeline: PipelineSpec, body: Body) -> Built:
        """Runs share nothing but the work that idempotency keys have seen done."""
        pipeline.topological_order()
        return Built(body, self.emitted)

    async def run(self, built: Built, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        """Execute once."""
        return await execute(pipeline, built, request)
