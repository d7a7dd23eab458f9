"""`Agent`, with tools of its own; the model is the client."""

import re

from stageflow.agent import Agent, AgentConfig, AgentTurnLimitError
from stageflow.tools.base import BaseTool, ToolOutput
from stageflow.tools.registry import ToolRegistry

SHOWN = re.compile(r"<user_input>\n(input .*)\n</user_input>|^Tool (result from \w+)", re.MULTILINE)


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
    errors = {AgentTurnLimitError: "endless"}
    components = {"run": "stageflow.agent.runtime.Agent.run"}

    def __init__(self, settings, bench):
        self.bench, registry = bench, ToolRegistry()
        for name in ("look_up", "add"):
            registry.register(Tool(bench, name))
        config = AgentConfig(max_turns=settings["turns"], max_validation_retries=0)
        self.agent = Agent(llm_client=self, config=config, tool_registry=registry)

    async def chat(self, *, messages, model, **options):
        found = [SHOWN.search(message["content"]) for message in messages]
        return await self.bench.work("model", [one[1] or one[2] for one in found if one])

    async def perform(self, operation, arguments):
        result = await self.agent.run(arguments["input"])
        tools = [[one.name, one.success] for one in result.tool_results]
        return {"answer": result.response, "turns": result.iterations, "tools": tools}
