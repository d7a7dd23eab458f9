"""stageflow-core behind the adapter contract; differences between releases are told by features.

Releases without `PipelineContext.derive_root_stage_context` take a `StageContext` as root; see
`_root_context`. A stage instance with `async execute(ctx)` is a runner in every release.
"""

import inspect
import json
import pkgutil
import warnings
from collections.abc import Mapping
from importlib import metadata
from typing import Any
from uuid import UUID

import stageflow
from stageflow.context import ContextSnapshot
from stageflow.context.identity import RunIdentity
from stageflow.pipeline.dag import UnifiedPipelineCancelled, UnifiedStageExecutionError
from stageflow.stages.inputs import create_stage_inputs

from production_testers.model import seeds
from production_testers.model.canonical import canonical_json
from production_testers.model.pipeline import Identity, Outcome, PipelineSpec, StageSpec, Status
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability, SutDescription
from production_testers.suts.citations import locate
from production_testers.suts.contract import Body, RunResult, StageCall, StageResult
from production_testers.suts.stageflow.promises import COMPONENTS, DISTRIBUTION, PROMISES

_CANONICAL_CONTEXT = hasattr(stageflow.PipelineContext, "derive_root_stage_context")
_INTERCEPTED = "interceptors" in inspect.signature(stageflow.Pipeline.build).parameters


class StageflowAdapter:
    """Runs pipelines on whichever release is installed."""

    name = DISTRIBUTION
    import_roots = ("stageflow", "uuid6", "pydantic")

    def describe(self) -> SutDescription:
        """Only what this release says of itself counts as a capability."""
        capabilities = {}
        for capability, promise in PROMISES.items():
            citation = locate(DISTRIBUTION, promise)
            if citation and (capability is not Capability.STAGE_TIMEOUT or _times_out()):
                capabilities[capability] = citation
        return SutDescription(
            name=DISTRIBUTION,
            version=metadata.version(DISTRIBUTION),
            capabilities=capabilities,
            components={
                capability: name for capability, name in COMPONENTS.items() if _importable(name)
            },
        )

    def build(self, pipeline: PipelineSpec, body: Body) -> Any:
        """A `UnifiedStageGraph`, with the interceptors that the release has by default."""
        built = stageflow.Pipeline()
        for stage in pipeline.stages:
            built = built.with_stage(
                stage.name,
                _Runner(stage, body),
                stageflow.StageKind(stage.kind.value),
                dependencies=stage.after,
                conditional=stage.skippable,
            )
        return built.build()

    async def run(self, built: Any, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        """`graph.run(root context)`."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                coroutine = built.run(_root_context(pipeline, request))
            outputs = await coroutine
        except UnifiedStageExecutionError as error:
            return RunResult(
                ended="failed", stage=error.stage, error=error.original, message=str(error)
            )
        except UnifiedPipelineCancelled as error:
            return RunResult(
                ended="cancelled",
                stage=error.stage,
                message=str(error),
                stages=_stage_results(error.results),
            )
        except Exception as error:  # noqa: BLE001 - whatever else escapes is the framework's answer
            return RunResult(
                ended="failed", error=error, message=f"{type(error).__name__}: {error}"
            )
        return RunResult(ended="completed", stages=_stage_results(outputs))


class _Runner:
    """A stageflow stage around the instrumented body."""

    def __init__(self, stage: StageSpec, body: Body) -> None:
        self.name = stage.name
        self.kind = stageflow.StageKind(stage.kind.value)
        self._stage = stage
        self._body = body

    async def execute(self, ctx: Any) -> Any:
        """Hand over what stageflow gave, and give back the outcome in stageflow's own types."""
        outcome = await self._body(self._stage, _stage_call(ctx))
        return None if outcome is None else _stage_output(outcome)


def _times_out() -> bool:
    return _INTERCEPTED and _CANONICAL_CONTEXT


def _importable(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def _root_context(pipeline: PipelineSpec, request: RunRequest) -> Any:
    ids = {
        "pipeline_run_id": seeds.uuid_for(0, "pipeline-run", request.key),
        "request_id": UUID(request.identity.request),
        "session_id": seeds.uuid_for(0, "session", request.key),
        "user_id": UUID(request.identity.user),
        "org_id": UUID(request.identity.tenant),
        "interaction_id": seeds.uuid_for(0, "interaction", request.key),
    }
    text = canonical_json({**request.input, "run": request.key})
    if not _CANONICAL_CONTEXT:
        snapshot = ContextSnapshot(run_id=RunIdentity(**ids), input_text=text)
        return stageflow.StageContext(
            snapshot=snapshot,
            inputs=create_stage_inputs(snapshot),
            stage_name="root",
            timer=stageflow.PipelineTimer(),
            event_sink=None,
        )
    limit = pipeline.stage_timeout_ms
    data = {} if limit is None else {"_timeout_ms": limit}
    return stageflow.PipelineContext(
        **ids, input_text=text, topology=pipeline.name, execution_mode="test", data=data
    )


def _stage_call(ctx: Any) -> StageCall:
    inputs = ctx.inputs
    run_id = ctx.snapshot.run_id
    return StageCall(
        input=json.loads(ctx.snapshot.input_text or "{}"),
        outputs={name: output.data for name, output in inputs.prior_outputs.items()},
        identity=Identity(
            tenant=str(run_id.org_id), user=str(run_id.user_id), request=str(run_id.request_id)
        ),
        merged=inputs.get,
    )


def _stage_output(outcome: Outcome) -> Any:
    output, data = stageflow.StageOutput, dict(outcome.value)
    reason = outcome.reason or ""
    if outcome.status is Status.SKIP:
        return output.skip(reason=reason, data=data)
    if outcome.status is Status.CANCEL:
        return output.cancel(reason=reason, data=data)
    if outcome.status is Status.FAIL:
        return output.fail(error=reason, data=data)
    if outcome.status is Status.RETRY:
        return output.retry(error=reason, data=data)
    if outcome.skip_dependants:
        data["skip_reason"] = outcome.skip_dependants
    return output.ok(data=data)


def _stage_results(outputs: Mapping[str, Any]) -> dict[str, StageResult]:
    return {
        name: StageResult(status=Status(output.status.value), value=dict(output.data))
        for name, output in outputs.items()
    }
