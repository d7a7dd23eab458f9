"""`GuardrailStage`, with checks of the caller's own."""

import uuid

import stageflow
from stageflow.context import ContextSnapshot
from stageflow.context.identity import RunIdentity
from stageflow.helpers.guardrails import (
    GuardrailConfig,
    GuardrailResult,
    GuardrailStage,
    PolicyViolation,
    ViolationType,
)
from stageflow.stages.inputs import create_stage_inputs


class Check:
    def __init__(self, bench, number):
        self.bench, self.label = bench, f"check {number}"

    def check(self, content, context=None):
        given = self.bench.work_now(self.label, content)
        severities = given.get("severities", [])
        found = [PolicyViolation(ViolationType.CUSTOM, "found", one) for one in severities]
        return GuardrailResult(not found, found, given.get("text"))


class Binding:
    errors = {}
    components = {"guard": "stageflow.helpers.guardrails.GuardrailStage.execute"}

    def __init__(self, settings, bench):
        self.bench = bench
        blocks, threshold = settings["blocks"], settings["threshold"]
        config = GuardrailConfig(blocks, settings["transforms"], threshold)
        checks = [Check(bench, number) for number in range(settings["checks"])]
        self.stage = GuardrailStage(checks, config)

    def try_emit(self, **event):
        name = "let_through" if event["type"] == "guardrail.fail_open" else event["type"]
        self.bench.emit(name)

    async def perform(self, operation, arguments):
        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        snapshot = ContextSnapshot(run_id=RunIdentity(**ids), input_text=arguments["text"])
        parts = {"inputs": create_stage_inputs(snapshot), "timer": stageflow.PipelineTimer()}
        ctx = stageflow.StageContext(
            snapshot=snapshot, stage_name="guard", event_sink=self, **parts
        )
        output = await self.stage.execute(ctx)
        return {
            "blocked": output.status.value == "fail",
            "passed": output.data["guardrail_passed"],
            "violations": len(output.data["violations"]),
            "run": output.data["checks_run"],
            "text": output.data.get("transformed_content", arguments["text"]),
        }
