"""`lint_pipeline`, and the command that lints a file."""

import io
import json
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from stageflow import Pipeline, StageKind
from stageflow.cli.__main__ import main
from stageflow.cli.lint import lint_pipeline

HEAD = """from stageflow import Pipeline, StageKind

async def nothing(ctx):
    return {}

def made():
    pipeline = Pipeline()
"""
FORMS = {"value": "pipeline = made()", "factory": "create_pipeline = made"}


def text_of(stages, form):
    lines = [
        f"    pipeline = pipeline.with_stage({one['name']!r}, nothing, StageKind.TRANSFORM,"
        f" {tuple(one['after'])!r})\n"
        for one in stages
    ]
    return HEAD + "".join(lines) + "    return pipeline\n\n" + FORMS[form] + "\n"


def named(issues, severity):
    of_them = {one["stage_name"] for one in issues if one["severity"] == severity}
    return sorted(name.partition(".")[2] for name in of_them)


class Binding:
    errors = {}
    components = {
        "check": "stageflow.cli.lint.lint_pipeline",
        "command": "stageflow.cli.__main__.main",
    }

    def __init__(self, settings, bench):
        self.calls = 0

    async def perform(self, operation, arguments):
        if operation == "command":
            return self.commanded(arguments)
        return self.checked(arguments)

    def checked(self, arguments):
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
        alone = sorted({issue.stage_name for issue in found.warnings})
        return {"valid": found.valid, "faulty": faulty, "alone": alone, "calls": self.calls}

    def count(self, frame, event, _arg):
        self.calls += event == "call" and frame.f_code.co_filename.endswith("lint.py")

    def commanded(self, arguments):
        said, before = io.StringIO(), sys.argv
        with tempfile.TemporaryDirectory(prefix="ptest-lint-") as folder:
            path = Path(folder) / "pipelines.py"
            if arguments["there"]:
                path.write_text(text_of(arguments["stages"], arguments["form"]))
            strict = ["--strict"] if arguments["strict"] else []
            sys.argv = ["stageflow", "lint", str(path), "--json", *strict]
            try:
                with redirect_stdout(said), redirect_stderr(io.StringIO()):
                    status = main()
            except SystemExit as ended:
                status = ended.code
            finally:
                sys.argv = before
        issues = json.loads(said.getvalue())["issues"] if said.getvalue() else []
        return {
            "status": status,
            "faulty": named(issues, "error"),
            "alone": named(issues, "warning"),
        }
