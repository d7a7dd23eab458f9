"""`ToolRegistry` and `ToolExecutor`, by the global registry that `@tool` registers with."""

import uuid
from types import SimpleNamespace

from stageflow import PipelineContext
from stageflow.tools import BaseTool, ToolExecutor, clear_tool_registry, get_tool_registry, tool
from stageflow.tools.base import ToolOutput


class Binding:
    errors = {}
    components = {
        "register": "stageflow.tools.registry.ToolRegistry.register",
        "has": "stageflow.tools.registry.ToolRegistry.can_execute",
        "listed": "stageflow.tools.registry.ToolRegistry.list_tools",
        "use": "stageflow.tools.registry.ToolRegistry.execute",
        "resolve": "stageflow.tools.registry.ToolRegistry.parse_and_resolve",
        "plan": "stageflow.tools.executor.ToolExecutor.execute",
    }

    def __init__(self, settings, bench):
        clear_tool_registry()
        self.bench, self.registry = bench, get_tool_registry()

    def register(self, action, name, description, way):
        async def execute(_tool, given, ctx):
            data = await self.bench.work("handler", given.action.payload)
            if "refuses" in data:
                return ToolOutput(success=False, error=data["refuses"])
            return ToolOutput(success=True, data=data, artifacts=data.get("artifacts"))

        members = {"execute": execute, "action_type": action}
        named = {**members, "name": name, "description": description}
        if way == "decorated":
            tool(action, name, description)(type("Tool", (BaseTool,), members))
        elif way == "factory":
            self.registry.register_factory(action, type("Tool", (BaseTool,), named))
        else:
            self.registry.register(type("Tool", (BaseTool,), named)())

    async def perform(self, operation, arguments):
        registry = self.registry
        if operation == "register":
            return self.register(**arguments)
        if operation == "has":
            return registry.can_execute(arguments["action"])
        if operation == "listed":
            tools = [[one.action_type, one.name, one.description] for one in registry.list_tools()]
            return sorted(tools, key=str)
        if operation == "resolve":
            resolved, others = registry.parse_and_resolve(arguments["calls"])
            return {
                "resolved": [[one.call_id, one.name, one.arguments] for one in resolved],
                "unresolved": [[one.call_id, one.name] for one in others],
            }
        if operation == "use":
            action = SimpleNamespace(type=arguments["action"], payload=arguments["payload"])
            output = await registry.execute(action, {})
            return {"success": output.success, "data": output.data}
        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        ctx = PipelineContext(**ids, topology="plan", execution_mode="test")
        actions = [SimpleNamespace(type=name, payload={}) for name in arguments["actions"]]
        result = await ToolExecutor().execute(ctx, SimpleNamespace(actions=actions))
        return {
            "executed": result.actions_executed,
            "failed": result.actions_failed,
            "artifacts": result.artifacts_produced,
            "again": result.requires_reentry,
        }
