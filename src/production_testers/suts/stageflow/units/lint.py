"""`lint_pipeline`."""

import sys

from stageflow import Pipeline, StageKind
from stageflow.cli.lint import lint_pipeline


class Binding:
    errors = {}
    components = {"check": "stageflow.cli.lint.lint_pipeline"}

    def __init__(self, settings, bench):
        self.calls = 0

    async def perform(self, operation, arguments):
        async def nothing(ctx):
            return {}

        pipeline = Pipeline()
        for one in arguments["stages"]:
            after = tuple(one["after"])
            pipeline = pipeline.with_stage(one["name"], nothing, StageKind.TRANSFORM, after)
        self.calls, before = 0, sys.getprofile()
        sys.setprofile(self.count)
        try:
            found = lint_pipeline(pipeline)
        finally:
            sys.setprofile(before)
        faulty = sorted({issue.stage_name for issue in found.errors})
        return {"valid": found.valid, "faulty": faulty, "calls": self.calls}

    def count(self, frame, event, _arg):
        self.calls += event == "call" and frame.f_code.co_filename.endswith("lint.py")
