"""What stageflow's events and log records say of stages, in the harness's words."""

from collections.abc import Mapping
from typing import Any

from production_testers.suts.contract import StageTold

_PHASES = {
    "stage_started": "started",
    "stage_completed": "ended",
    "stage_failed": "ended",
    "stage_error": "ended",
}
"""Value of `event` in a record of the graph's logger → what became of the stage."""

_WELL = {"ok": True, "completed": True, "fail": False, "failed": False}
"""Statuses → whether the stage ended well; the others are neither."""

_FAILED = frozenset({"stage_failed", "stage_error"})


def told_of_stage(name: str, content: Mapping[str, Any]) -> StageTold | None:
    """What is said of a stage; None where it is about something else."""
    stage = content.get("stage")
    if not isinstance(stage, str):
        return None
    if name == "pipeline_dag":
        phase = _PHASES.get(str(content.get("event")))
    elif name == "stage_interceptor":
        phase = "ended" if "status" in content else "started"
    else:
        phase = "ended" if name in ("stage.wide", "stage_metrics") else None
    took_ms = content.get("duration_ms")
    if phase is None:
        return None
    well = False if content.get("event") in _FAILED else _WELL.get(str(content.get("status")))
    return StageTold(stage=stage, phase=phase, took_ms=took_ms, well=well)
