"""`ConflictDetector`."""

import copy

from stageflow.context.enrich import ConflictDetector


class Binding:
    errors = {}
    components = {"resolve": "stageflow.context.enrich.ConflictDetector.check_and_resolve"}

    def __init__(self, settings, bench):
        self.detector = ConflictDetector(settings["way"], dict(settings["fields"]))

    async def perform(self, operation, arguments):
        old, new = copy.deepcopy(arguments["old"]), copy.deepcopy(arguments["new"])
        found = self.detector.check_and_resolve(arguments["field"], old, new)
        value = copy.deepcopy(found.merged_value if found.has_conflict else found.new_value)
        changed = (old, new) != (arguments["old"], arguments["new"])
        return {"conflict": found.has_conflict, "value": value, "changed": changed}
