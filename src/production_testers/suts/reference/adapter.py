"""The reference executor behind the adapter contract."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.pipeline import PipelineSpec
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability, SutDescription
from production_testers.model.target import Target
from production_testers.suts.contract import Bench, Body, BoundUnit, RunResult, StageTold
from production_testers.suts.plain_bench import PlainBench
from production_testers.suts.reference.executor import Built, execute
from production_testers.suts.reference.redaction import REDACTS
from production_testers.suts.reference.units import MADE
from production_testers.suts.targets import (
    Wrapped,
    is_coroutine,
    none_is_made,
    plain_stages,
)
from production_testers.units import UNITS

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

    def components_of(self, name: str) -> Mapping[str, str]:
        """The class that `unit` makes, for every operation."""
        made = f"{MADE[name].__module__}.{MADE[name].__qualname__}"
        return dict.fromkeys(UNITS[name].operations, made)

    def stages_of(self, target: Target, found: Any) -> tuple[str, dict[str, tuple[str, str]]]:
        """A plain function is its own only stage."""
        if not is_coroutine(found, target):
            found = asyncio.run(Wrapped.make(target, PlainBench(), none_is_made).ready())
        return plain_stages(target, found)

    def unit(self, name: str, settings: Mapping[str, Json], bench: Bench) -> BoundUnit:
        """A new instance of the reference's own unit."""
        return MADE[name](settings, bench)

    def told_of_stage(self, name: str, content: Mapping[str, Any]) -> StageTold | None:
        """Both of its events are about stages."""
        stage, took_ms = content.get("stage"), content.get("took_ms")
        _, _, phase = name.partition("stage.")
        told = isinstance(stage, str) and phase in ("started", "ended")
        more = {"took_ms": took_ms, "well": content.get("well")}
        return StageTold(stage=str(stage), phase=phase, **more) if told else None

    async def run(self, built: Built, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        """Execute once."""
        return await execute(pipeline, built, request)
