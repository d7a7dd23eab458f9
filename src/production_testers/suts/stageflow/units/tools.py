"""`AdvancedToolExecutor`, with a store and an approval service of its own."""

import uuid
from dataclasses import make_dataclass

from stageflow.events import set_event_sink
from stageflow.tools import (
    AdvancedToolExecutor,
    ApprovalService,
    DictContextAdapter,
    ToolDefinition,
    ToolExecutorConfig,
    ToolOutput,
    UndoStore,
    clear_undo_store,
    errors,
)

Action = make_dataclass("Action", ["id", "type", "payload"])


class Binding:
    errors = {
        errors.ToolNotFoundError: "unknown",
        errors.ToolDeniedError: "denied",
        errors.ToolApprovalTimeoutError: "unanswered",
        errors.ToolApprovalDeniedError: "refused",
        errors.ToolExecutionError: "failed",
        errors.ToolUndoError: "undo_failed",
    }
    components = {
        "execute": "stageflow.tools.executor_v2.AdvancedToolExecutor.execute",
        "decide": "stageflow.tools.approval.ApprovalService.record_decision",
        "undo": "stageflow.tools.executor_v2.AdvancedToolExecutor.undo_action",
        "kept": "stageflow.tools.executor_v2.AdvancedToolExecutor",
    }

    def __init__(self, settings, bench):
        clear_undo_store()
        set_event_sink(self)
        self.bench, self.refs = bench, {}
        self.store, self.approvals = UndoStore(), ApprovalService()
        config = ToolExecutorConfig(approval_timeout_seconds=settings["approval_ms"] / 1000)
        self.executor = AdvancedToolExecutor(config, self.store, self.approvals)
        for tool in settings["tools"]:
            gates = {"allowed_behaviors": tuple(tool["modes"]), "input_schema": tool["schema"]}
            gates["requires_approval"] = tool["approval"]
            undo = {"undoable": True, "undo_handler": self.undo} if tool["undoable"] else {}
            made = ToolDefinition(tool["name"], tool["action"], self.handle, **gates, **undo)
            self.executor.register(made)

    async def handle(self, given):
        data = await self.bench.work("handler", {"payload": given.payload})
        if "refuses" in data:
            return ToolOutput.fail(data["refuses"])
        return ToolOutput.ok(data, undo_metadata={"data": data})

    async def undo(self, metadata):
        await self.bench.work("undo", self.refs.get(metadata.action_id))

    async def emit(self, **event):
        name, data = event["type"].removeprefix("tool.").replace(".", "_"), event["data"]
        more = {"granted": data["decision"] == "approved"} if "decision" in data else {}
        self.bench.emit(name, action=self.refs.get(uuid.UUID(data["action_id"])), **more)

    async def perform(self, operation, arguments):
        if operation == "kept":
            return sorted(self.refs[entry.action_id] for entry in await self.store.get_all())
        action_id = uuid.UUID(self.bench.identifier("action", arguments["ref"]))
        self.refs[action_id] = arguments["ref"]
        if operation == "decide":
            asked = await self.approvals.get_pending_requests()
            pending = [request.id for request in asked if request.action_id == action_id]
            for request_id in pending:
                await self.approvals.record_decision(request_id, arguments["granted"])
            return bool(pending)
        run = {name: self.bench.identifier(name) for name in ("pipeline_run_id", "request_id")}
        ctx = DictContextAdapter({**run, "execution_mode": arguments.get("mode")})
        if operation == "undo":
            return await self.executor.undo_action(action_id, ctx)
        action = Action(action_id, arguments["action"], arguments["payload"])
        output = await self.executor.execute(action, ctx)
        return {"success": output.success, "data": output.data, "error": output.error}
