"""stageflow-core behind the adapter contract; differences between releases are told by features.

Releases without `PipelineContext.derive_root_stage_context` take a `StageContext` as root; see
`_root_context`. A stage instance with `async execute(ctx)` is a runner in every release.
"""

import inspect
import json
import pkgutil
import warnings
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from importlib import metadata
from typing import Any
from uuid import UUID

import stageflow
from stageflow.context import ContextSnapshot
from stageflow.context.identity import RunIdentity
from stageflow.pipeline.dag import UnifiedPipelineCancelled, UnifiedStageExecutionError
from stageflow.pipeline.subpipeline import ChildRunTracker, SubpipelineSpawner
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
_CHILD_CONTEXTS = hasattr(stageflow.StageContext, "as_pipeline_context")

_HAS = {
    Capability.STAGE_TIMEOUT: _INTERCEPTED and _CANONICAL_CONTEXT,
    Capability.NESTED_PIPELINES: _CHILD_CONTEXTS and _CANONICAL_CONTEXT,
}
"""What the words alone do not tell: whether this release's API lets a caller have it."""


class StageflowAdapter:
    """Runs pipelines on whichever release is installed."""

    name = DISTRIBUTION
    import_roots = ("stageflow", "uuid6", "pydantic")

    def describe(self) -> SutDescription:
        """Only what this release says of itself counts as a capability."""
        capabilities = {}
        for capability, promise in PROMISES.items():
            citation = locate(DISTRIBUTION, promise)
            if citation and _HAS.get(capability, True):
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
        return _graph(pipeline, body, SubpipelineSpawner(ChildRunTracker()))

    async def run(self, built: Any, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        """`graph.run(root context)`."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                coroutine = built.run(_root_context(pipeline, request))
            return _completed(await coroutine)
        except Exception as error:  # noqa: BLE001 - whatever escapes is the framework's answer
            return _ended(error)


def _graph(pipeline: PipelineSpec, body: Body, spawner: SubpipelineSpawner) -> Any:
    built = stageflow.Pipeline()
    for stage in pipeline.stages:
        built = built.with_stage(
            stage.name,
            _Runner(stage, body, spawner),
            stageflow.StageKind(stage.kind.value),
            dependencies=stage.after,
            conditional=stage.skippable,
        )
    return built.build()


def _ended(error: Exception) -> RunResult:
    """What stageflow raised instead of giving outputs, in the harness's words."""
    if isinstance(error, UnifiedStageExecutionError):
        return RunResult(
            ended="failed", stage=error.stage, error=error.original, message=str(error)
        )
    if isinstance(error, UnifiedPipelineCancelled):
        return RunResult(
            ended="cancelled",
            stage=error.stage,
            message=str(error),
            stages=_stage_results(error.results),
        )
    return RunResult(ended="failed", error=error, message=f"{type(error).__name__}: {error}")


def _completed(outputs: Mapping[str, Any]) -> RunResult:
    return RunResult(ended="completed", stages=_stage_results(outputs))


class _Runner:
    """A stageflow stage around the instrumented body."""

    def __init__(self, stage: StageSpec, body: Body, spawner: SubpipelineSpawner) -> None:
        self.name = stage.name
        self.kind = stageflow.StageKind(stage.kind.value)
        self._stage = stage
        self._body = body
        self._spawner = spawner

    async def execute(self, ctx: Any) -> Any:
        """Hand over what stageflow gave, and give back the outcome in stageflow's own types."""
        call = _stage_call(ctx)
        if self._stage.nested is not None:
            call = replace(call, nest=partial(self._nest, ctx))
        outcome = await self._body(self._stage, call)
        return None if outcome is None else _stage_output(outcome)

    async def _nest(self, ctx: Any, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        """Spawn a child run, as stageflow's own tools do; the runner is the caller's code.

        A child has its parent's input text, which names the parent's run: the runner puts its own
        in its place. What the spawner says of the child's end is what counts.
        """
        graph = _graph(pipeline, self._body, self._spawner)
        seen: list[RunResult] = []

        async def runner(child: Any) -> dict[str, Any]:
            child.input_text = _input_text(request)
            try:
                outputs = await graph.run(child)
            except Exception as error:
                seen.append(_ended(error))
                raise
            seen.append(_completed(outputs))
            return dict(outputs)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            parent = ctx.as_pipeline_context()
        correlation = seeds.uuid_for(0, "correlation", request.key)
        spawned = await self._spawner.spawn(
            pipeline.name, parent, correlation, self._stage.name, runner
        )
        result = seen[0] if seen else RunResult(ended="failed", message=str(spawned.error))
        if spawned.success == (result.ended == "completed"):
            return result
        return replace(result, ended="completed" if spawned.success else "failed")


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
    text = _input_text(request)
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


def _input_text(request: RunRequest) -> str:
    return canonical_json({**request.input, "run": request.key})


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
