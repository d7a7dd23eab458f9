"""Scenarios as JSON, format `ptest.scenario/4`; readers refuse other versions but 1 to 3.

Version 2 brought the order of ready tasks, version 3 the usage of units, version 4 fault plans. A
scenario is written in the first version that knows all that it says, so that its bytes stay the
same.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from production_testers.model import fault_plan_format
from production_testers.model.canonical import Json
from production_testers.model.errors import InvalidDocumentError
from production_testers.model.ordering import Hold, Order
from production_testers.model.pipeline import Identity, PipelineSpec, StageKind, StageSpec
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
)
from production_testers.model.usage import Call, Usage, Work

FORMAT = "ptest.scenario/1"
FORMAT_WITH_ORDER = "ptest.scenario/2"
FORMAT_WITH_USAGE = "ptest.scenario/3"
FORMAT_WITH_PLAN = "ptest.scenario/4"
FORMATS = (FORMAT, FORMAT_WITH_ORDER, FORMAT_WITH_USAGE, FORMAT_WITH_PLAN)


def to_json(scenario: Scenario) -> dict[str, Json]:
    """The scenario as a JSON object."""
    latencies = scenario.latencies
    return {
        "format": _format_of(scenario),
        "kind": scenario.kind.value,
        "pipeline": _pipeline_json(scenario.pipeline),
        "requests": [
            {
                "key": request.key,
                "input": dict(request.input),
                "identity": [
                    request.identity.tenant,
                    request.identity.user,
                    request.identity.request,
                ],
                "start_ms": request.start_ms,
                "cancel_after_ms": request.cancel_after_ms,
                **_if_said("idempotency_key", request.idempotency_key),
            }
            for request in scenario.requests
        ],
        "faults": [
            {
                "kind": fault.kind.value,
                "stage": fault.stage,
                "run": fault.run,
                "milliseconds": fault.milliseconds,
            }
            for fault in scenario.faults
        ],
        "latencies": {
            "seed": latencies.seed,
            "low": latencies.low,
            "high": latencies.high,
            "fixed": dict(latencies.fixed),
        },
        "services": dict(scenario.services),
        "limit_ms": scenario.limit_ms,
        **_if_said("watch", scenario.watch),
        **_if_said("order", None if scenario.order is None else _order_json(scenario.order)),
        **_if_said("holds", [asdict(hold) for hold in scenario.holds]),
        **_if_said("usage", None if scenario.usage is None else _usage_json(scenario.usage)),
        **_if_said(
            "plan", None if scenario.plan is None else fault_plan_format.to_json(scenario.plan)
        ),
    }


def _format_of(scenario: Scenario) -> str:
    if scenario.plan is not None:
        return FORMAT_WITH_PLAN
    if scenario.usage is not None:
        return FORMAT_WITH_USAGE
    return FORMAT if scenario.feasible else FORMAT_WITH_ORDER


def _usage_json(usage: Usage) -> dict[str, Json]:
    return {
        "unit": usage.unit,
        "settings": dict(usage.settings),
        "calls": [_call_json(call) for call in usage.calls],
        **_if_said("first", usage.first),
    }


def _call_json(call: Call) -> dict[str, Json]:
    works: dict[str, Json] = {
        label: [_work_json(work) for work in works] for label, works in call.works.items()
    }
    return {
        "key": call.key,
        "client": call.client,
        "operation": call.operation,
        "arguments": dict(call.arguments),
        "after_ms": call.after_ms,
        "cancel_after_ms": call.cancel_after_ms,
        **_if_said("works", works),
    }


def _work_json(work: Work) -> dict[str, Json]:
    told: dict[str, Json] = asdict(work)
    if not work.late:
        del told["late"]
    return told


def _order_json(order: Order) -> dict[str, Json]:
    return {**asdict(order), "options": dict(order.options), "weights": dict(order.weights)}


def _if_said(name: str, value: Json) -> dict[str, Json]:
    """A member that most scenarios do without stands there only where it says something."""
    return {name: value} if value else {}


def _pipeline_json(pipeline: PipelineSpec) -> dict[str, Json]:
    return {
        "name": pipeline.name,
        "stage_timeout_ms": pipeline.stage_timeout_ms,
        "stages": [_stage_json(stage) for stage in pipeline.stages],
        **_if_said("deduplicates", pipeline.deduplicates),
    }


def _stage_json(stage: StageSpec) -> dict[str, Json]:
    nested: dict[str, Json] = {"nested": _pipeline_json(stage.nested)} if stage.nested else {}
    return {
        "name": stage.name,
        "function": stage.function,
        "kind": stage.kind.value,
        "after": list(stage.after),
        "params": dict(stage.params),
        "skippable": stage.skippable,
        **nested,
    }


def from_json(raw: Mapping[str, Any], *, path: str = "scenario") -> Scenario:
    """Read what `to_json` wrote.

    Raises:
        InvalidDocumentError: Another format, or something is missing or of another type.
    """
    if raw.get("format") not in FORMATS:
        known = " or ".join(map(repr, FORMATS))
        raise InvalidDocumentError(path, (f"format: {raw.get('format')!r} is not {known}",))
    try:
        return Scenario(
            kind=Kind(raw["kind"]),
            pipeline=_pipeline(raw["pipeline"]),
            requests=tuple(_request(request) for request in raw["requests"]),
            faults=tuple(
                Fault(**{**fault, "kind": FaultKind(fault["kind"])}) for fault in raw["faults"]
            ),
            latencies=Latencies(**raw["latencies"]),
            services=raw["services"],
            limit_ms=raw["limit_ms"],
            watch=raw.get("watch", False),
            order=Order(**raw["order"]) if raw.get("order") else None,
            holds=tuple(Hold(**hold) for hold in raw.get("holds", ())),
            usage=_usage(raw["usage"]) if raw.get("usage") else None,
            plan=fault_plan_format.from_json(raw["plan"], path=path) if raw.get("plan") else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidDocumentError(path, (f"{type(error).__name__}: {error}",)) from error


def _usage(raw: Mapping[str, Any]) -> Usage:
    return Usage(
        unit=raw["unit"],
        settings=raw["settings"],
        calls=tuple(_call(call) for call in raw["calls"]),
        first=raw.get("first", ""),
    )


def _call(raw: Mapping[str, Any]) -> Call:
    works = {
        label: tuple(Work(**work) for work in works)
        for label, works in raw.get("works", {}).items()
    }
    return Call(**{**raw, "works": works})


def _pipeline(raw: Mapping[str, Any]) -> PipelineSpec:
    return PipelineSpec(
        name=raw["name"],
        stage_timeout_ms=raw["stage_timeout_ms"],
        stages=tuple(_stage(stage) for stage in raw["stages"]),
        deduplicates=raw.get("deduplicates", False),
    )


def _stage(raw: Mapping[str, Any]) -> StageSpec:
    nested = raw.get("nested")
    read = {
        "kind": StageKind(raw["kind"]),
        "after": tuple(raw["after"]),
        "nested": None if nested is None else _pipeline(nested),
    }
    return StageSpec(**{**raw, **read})


def _request(raw: Mapping[str, Any]) -> RunRequest:
    tenant, user, request = raw["identity"]
    return RunRequest(**{**raw, "identity": Identity(tenant=tenant, user=user, request=request)})
