"""`ContractRegistry`, with pydantic models."""

import json
from datetime import UTC, datetime

from pydantic import create_model
from stageflow.contracts import ContractRegistry

TYPES = {"integer": int, "string": str, "boolean": bool, "array": list, "object": dict}


class Binding:
    errors = {ValueError: "invalid"}
    components = {
        "register": "stageflow.contracts.registry.ContractRegistry.register",
        "get": "stageflow.contracts.registry.ContractRegistry.get",
        "listed": "stageflow.contracts.registry.ContractRegistry.list",
        "compare": "stageflow.contracts.registry.ContractRegistry.diff",
    }

    def __init__(self, settings, bench):
        self.registry, self.models = ContractRegistry(), {}

    def model(self, fields):
        members = {}
        for name, field in fields.items():
            kind = TYPES[field["type"]]
            default = ... if field["required"] else None if field["nullable"] else kind()
            members[name] = (kind | None if field["nullable"] else kind, default)
        key = json.dumps(fields, sort_keys=True)
        return self.models.setdefault(key, create_model("Model", **members))

    async def perform(self, operation, arguments):
        if operation == "listed":
            return [[one.stage, one.version] for one in self.registry.list()]
        stage = arguments["stage"]
        if operation == "compare":
            report = self.registry.diff(stage, arguments["old"], arguments["new"])
            return {"compatible": report.is_compatible}
        version = arguments["version"]
        if operation == "get":
            found = self.registry.get(stage, version)
            return found and sorted(found.schema["properties"])
        begun, known = datetime.now(UTC), self.registry.get(stage, version)
        model = self.model(arguments["fields"])
        made = self.registry.register(stage=stage, version=version, model=model)
        return known is not None or begun <= made.created_at <= datetime.now(UTC)
