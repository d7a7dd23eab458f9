"""`ApprovalService`."""

import uuid

from stageflow.tools import ApprovalService

NAMES = {"approved": "granted", "denied": "refused"}


class Binding:
    errors = {TimeoutError: "unanswered", KeyError: "unknown"}
    components = {
        "ask": "stageflow.tools.approval.ApprovalService.request_approval",
        "wait": "stageflow.tools.approval.ApprovalService.await_decision",
        "decide": "stageflow.tools.approval.ApprovalService.record_decision",
        "cancel": "stageflow.tools.approval.ApprovalService.cancel_request",
        "status": "stageflow.tools.approval.ApprovalService.get_request",
        "pending": "stageflow.tools.approval.ApprovalService.get_pending_requests",
    }

    def __init__(self, settings, bench):
        self.bench, self.ids, self.service = bench, {}, ApprovalService()

    async def perform(self, operation, arguments):
        ref, service = arguments.get("ref"), self.service
        if operation == "ask":
            action = uuid.UUID(self.bench.identifier("action", ref))
            self.ids[ref] = (await service.request_approval(action, "tool")).id
            return None
        if operation == "pending":
            refs = {request_id: ref for ref, request_id in self.ids.items()}
            return sorted(refs[one.id] for one in await service.get_pending_requests())
        request_id = self.ids.get(ref) or uuid.UUID(self.bench.identifier("nobody"))
        if operation == "wait":
            limit = arguments["limit_ms"] / 1000
            return (await service.await_decision(request_id, limit)).granted
        if operation == "decide":
            await service.record_decision(request_id, arguments["granted"])
            return True
        if operation == "cancel":
            return await service.cancel_request(request_id)
        request = await service.get_request(request_id)
        return request and NAMES.get(request.status.value, request.status.value)
