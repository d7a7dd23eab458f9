"""`diff_text` and `diff_json`."""

import json

from stageflow.tools import diff_json, diff_text


class Binding:
    errors = {}
    components = {
        "text": "stageflow.tools.diff.diff_text",
        "patch": "stageflow.tools.diff.diff_json",
    }

    def __init__(self, settings, bench):
        pass

    async def perform(self, operation, arguments):
        old, new = arguments["old"], arguments["new"]
        if operation == "patch":
            return json.loads(diff_json(old, new).diff_output)
        told = diff_text(old, new, context_lines=arguments["context"])
        return {
            "changes": [[line.type, line.content] for line in told.changes],
            "output": told.diff_output,
            "additions": told.additions,
            "deletions": told.deletions,
        }
