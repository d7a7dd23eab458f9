"""A look-up over parallel dependencies returns the value of whichever ended first.
Law: A look-up over the outputs of parallel dependencies gives the same value whichever of them
ended first. [merge/timing-independent]
Expected, as promised: “Searches through all prior_outputs in insertion order and returns”
(stageflow/stages/inputs.py:151)
Actual on stageflow-core==1.2.0: stage c got the same outputs from its dependencies in runs r0 and
r1, and the look-up over them gave different values.
Scenario: Pipeline: 3 stages: a, b, c after a and b. 2 runs of one built pipeline: r0 at 0 ms, r1
at 0 ms. Hold a of run r1: its work 1 takes 2 ms.
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

MS = 0.002  # a millisecond of the scenario takes so many seconds here
STAGES = {'a': (), 'b': (), 'c': ('a', 'b')}  # stage: what it waits for
RUNS = {'r0': (0.0, None), 'r1': (0.0, None)}  # run: starts after, its caller cancels it after (ms)
WORK = {'r1/a/1': 2.0}  # run/stage/piece of work: ms, where it is not 1
log, results = [], {}

def note(what, run, stage="", seen=None):
    log.append((asyncio.get_running_loop().time() / MS, what, run, stage, seen))

async def body(run, stage, received, look_up):
    note("started", run, stage, look_up('from'))
    answer = "ok", {"from": stage, "by": run}, ""
    await asyncio.sleep(MS * WORK.get(f"{run}/{stage}/1", 1))
    note("ended", run, stage, answer[0])
    return answer

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

async def caller(built, run, starts, gives_up):
    await asyncio.sleep(MS * starts)
    task = asyncio.ensure_future(execute(built, run))
    await asyncio.wait([task])
    results[run] = ("cancelled", None, None, {}) if task.cancelled() else task.result()
    note("returned", run)

async def main():
    built = build()
    callers = [asyncio.ensure_future(caller(built, run, *RUNS[run])) for run in RUNS]
    await asyncio.wait(callers, timeout=36 * MS)
    await asyncio.sleep(10 * MS)  # what happens from now on was left behind

def shows():
    found = {}
    for _, what, run, stage, seen in log:
        if what == "started" and len(STAGES[stage]) > 1:
            found.setdefault(stage, {})[run] = seen
    for stage, by_run in found.items():
        if len(set(by_run.values())) > 1:
            return f"equal runs, and stage {stage} looked up {by_run}"

for _ in range(200):  # sets of tasks iterate by address
    log, results = [], {}
    asyncio.run(main())
    if shown := shows():
        break
print(shown or "does not show")
sys.exit(1 if shown else 0 if any(entry[1] == 'returned' for entry in log) else 2)
