"""`TypedStageOutput`, strict."""

from pydantic import ValidationError, create_model
from stageflow.contracts import TypedStageOutput

TYPES = {"integer": int, "string": str, "boolean": bool, "array": list, "object": dict}


class Binding:
    errors = {ValidationError: "misfit"}
    components = {
        "make": "stageflow.contracts.typed_output.TypedStageOutput.ok",
        "produce": "stageflow.contracts.typed_output.TypedStageOutput.ok_async",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        fields = {
            name: (TYPES[field["type"]], ... if field["required"] else None)
            for name, field in settings["fields"].items()
        }
        model, version = create_model("Model", **fields), settings["version"]
        self.output = TypedStageOutput(model, strict=True, default_version=version)

    async def perform(self, operation, arguments):
        version = arguments.get("version")
        if operation == "make":
            output = self.output.ok(arguments["payload"], version=version)
        else:
            output = await self.output.ok_async(self.bench.work("producer"), version=version)
        return {"data": output.data, "version": output.version}
