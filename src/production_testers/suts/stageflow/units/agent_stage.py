"""`AgentStage` around an `Agent` with tools of its own; the model is the client."""

import re
import uuid

import stageflow
from stageflow.agent import Agent, AgentConfig, AgentStage
from stageflow.context import ContextSnapshot, Conversation, Message
from stageflow.context.identity import RunIdentity
from stageflow.stages.inputs import create_stage_inputs
from stageflow.tools.base import BaseTool, ToolOutput
from stageflow.tools.registry import ToolRegistry

SHOWN = re.compile(
    r"<user_input>\n(?P<input>input .*)\n</user_input>|^Tool (?P<tool>result from \w+)"
    r"|^(?P<earlier>earlier .*)",
    re.MULTILINE,
)


class Tool(BaseTool):
    name = action_type = description = ""

    def __init__(self, bench, name):
        self.bench, self.name, self.action_type = bench, name, name

    async def execute(self, given, ctx):
        data = await self.bench.work("tool", given.action.payload)
        if "refuses" in data:
            return ToolOutput(success=False, error=data["refuses"])
        return ToolOutput(success=True, data=data)


class Binding:
    errors = {}
    components = {"run": "stageflow.agent.stage.AgentStage.execute"}

    def __init__(self, settings, bench):
        self.bench, registry = bench, ToolRegistry()
        for name in ("look_up", "add"):
            registry.register(Tool(bench, name))
        config = AgentConfig(max_turns=settings["turns"], max_validation_retries=0)
        self.stage = AgentStage(Agent(llm_client=self, config=config, tool_registry=registry))

    async def chat(self, *, messages, model, **options):
        found = [SHOWN.search(message["content"]) for message in messages]
        return await self.bench.work("model", [one[one.lastgroup] for one in found if one])

    async def perform(self, operation, arguments):
        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        said = [Message(role="user", content=one) for one in arguments.get("earlier", ())]
        more = {"input_text": arguments["input"], "conversation": Conversation(messages=said)}
        snapshot = ContextSnapshot(run_id=RunIdentity(**ids), **more)
        parts = {"inputs": create_stage_inputs(snapshot), "timer": stageflow.PipelineTimer()}
        ctx = stageflow.StageContext(snapshot=snapshot, stage_name="agent", **parts)
        output = await self.stage.execute(ctx)
        if output.status.value != "ok":
            return {"ok": False, "error": output.error}
        data = output.data
        tools = [[one["name"], one["success"]] for one in data["tool_results"]]
        return {"ok": True, "answer": data["response"], "turns": data["iterations"], "tools": tools}
