"""`StageInputs` of a stage, made as the executor makes them."""

import stageflow
from stageflow.context import ContextSnapshot
from stageflow.stages.inputs import UndeclaredDependencyError, create_stage_inputs

OF = "stageflow.stages.inputs.StageInputs."
DEFAULT = "the default"


class Binding:
    errors = {KeyError: "missing", UndeclaredDependencyError: "undeclared"}
    components = {
        "get": OF + "get",
        "get_from": OF + "get_from",
        "require_from": OF + "require_from",
        "has": OF + "has_output",
    }

    def __init__(self, settings, bench):
        outputs = {
            name: stageflow.StageOutput.ok(data=dict(settings["given"][name]))
            for name in settings["declared"]
            if name in settings["given"]
        }
        self.inputs = create_stage_inputs(
            snapshot=ContextSnapshot(),
            prior_outputs=outputs,
            declared_deps=settings["declared"],
            stage_name="asking",
        )

    async def perform(self, operation, arguments):
        if operation == "get":
            return self.inputs.get(arguments["key"], DEFAULT)
        if operation == "has":
            return self.inputs.has_output(arguments["stage"])
        if operation == "get_from":
            return self.inputs.get_from(arguments["stage"], arguments["key"], DEFAULT)
        return self.inputs.require_from(arguments["stage"], arguments["key"])
