"""The framework keeps the event loop for longer and longer as pipelines grow …
Law: The longest time for which the framework keeps the event loop from everybody else grows at
most like n^1.25 with the number of stages n. [cost/longest-step]
Actual on stageflow-core==1.2.0: from 132 to 260 stages the longest step of the event loop grows
from 38,502 to 142,438 executed lines of the framework: local exponent 1.93, at most 1.25 is …
Scenario: One run of a fan-out of 130 and 258 stages, all of them trivial.
Needs stageflow-core==1.2.0. Ends with 1: it shows; 0: it does not; 2: cannot tell.
"""
import asyncio
import sys
import uuid
try:
    import stageflow
    from stageflow.context import ContextSnapshot
    from stageflow.context.identity import RunIdentity
    from stageflow.stages.inputs import create_stage_inputs
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)

SMALL, LARGE, FACTOR_MAX = 130, 258, 1.187
lines = longest = 0
step = asyncio.Handle._run

def counted(handle):
    global longest
    before = lines
    step(handle)
    longest = max(longest, lines - before)

asyncio.Handle._run = counted

async def body(run, stage, received, look_up):
    await asyncio.sleep(0)
    return "ok", {"from": stage}, ""

class Stage:
    def __init__(self, name):
        self.name, self.kind = name, stageflow.StageKind('transform')

    async def execute(self, ctx):
        received = {name: given.data for name, given in ctx.inputs.prior_outputs.items()}
        answer = await body(ctx.snapshot.input_text, self.name, received, ctx.inputs.get)
        status, data, reason = answer
        make = getattr(stageflow.StageOutput, status)
        return make(data=data) if status == "ok" else make(reason, data=data)

async def execute(built, run):
    try:
        ended, error, outputs = "completed", None, await built.run(root(run))
    except Exception as raised:
        ended = "cancelled" if "Cancelled" in type(raised).__name__ else "failed"
        error, outputs = raised, getattr(raised, "results", {})
    outputs = {name: dict(output.data) for name, output in outputs.items()}
    return ended, getattr(error, "stage", None), getattr(error, "original", error), outputs

def build():
    pipeline = stageflow.Pipeline()
    for name, after in STAGES.items():
        stage = Stage(name)
        pipeline = pipeline.with_stage(name, stage, stage.kind, dependencies=after)
    return pipeline.build()

def root(run):
    snapshot = ContextSnapshot(run_id=RunIdentity(pipeline_run_id=uuid.uuid4()), input_text=run)
    root = {"stage_name": "root", "timer": stageflow.PipelineTimer(), "event_sink": None}
    return stageflow.StageContext(snapshot=snapshot, inputs=create_stage_inputs(snapshot), **root)

def count(frame, event, argument):
    global lines
    if not frame.f_globals.get("__name__", "").startswith("stageflow"):
        return None
    lines += event == "line"
    return count

def work(size):
    """Lines of the framework that one run of so many stages executes in its longest step."""
    global lines, STAGES, longest
    names = [f"s{number}" for number in range(size)]
    STAGES = {n: names[:1] if 0 < i < size - 1 else names[1:-1] if i else () for i, n in enumerate(names)}
    built, lines, longest = build(), 0, 0
    sys.settrace(count)
    ended, *_ = asyncio.run(execute(built, "r0"))
    sys.settrace(None)
    return ended, longest / size

work(SMALL)  # what is imported or cached at first use is not counted
(ended, small), (also, large) = work(SMALL), work(LARGE)
if (ended, also) != ("completed", "completed"):
    sys.exit(print("cannot tell:", ended, also) or 2)
print(f"lines a stage, in the longest step: {small:.0f} of {SMALL} stages, {large:.0f} of {LARGE}")
sys.exit(1 if large > FACTOR_MAX * small else 0)
