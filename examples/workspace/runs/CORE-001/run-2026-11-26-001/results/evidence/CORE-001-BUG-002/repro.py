"""A run is cancelled because another run of the same graph ended badly …
Law: Runs of one built pipeline neither see each other's data nor stop each other, whether they …
Expected, as promised: “Initialize cleanup registry and cancellation token for this execution” …
Actual on stageflow-core==1.2.0: alone, run r1 ends completed; beside other runs it ended …
Scenario: Pipeline: 2 stages: a, b. 2 runs of one built pipeline: r0 at 0 ms, r1 at 0 ms. Stage …
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
STAGES = {'a': (), 'b': ()}  # stage: what it waits for
RUNS = {'r0': (0.0, None), 'r1': (0.0, None)}  # run: starts after, its caller cancels it after (ms)
FAULTS = {('r0', 'a'): ('raise', 0.0)}  # what goes wrong, for how many ms
WORK = {'r1/a/1': 2.0}  # run/stage/piece of work: ms, where it is not 1
log, results = [], {}

def note(what, run, stage="", seen=None):
    log.append((asyncio.get_running_loop().time() / MS, what, run, stage, seen))

async def body(run, stage, received, look_up):
    note("started", run, stage, None)
    answer = "ok", {"from": stage, "by": run}, ""
    fault, ms = FAULTS.get((run, stage), (None, 0))
    for nth in range(1, 2 + bool(fault)):
        await asyncio.sleep(MS * WORK.get(f"{run}/{stage}/{nth}", 1))
        if fault == "raise":
            raise RuntimeError(f"injected into {stage} of {run}")
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
    await asyncio.wait(callers, timeout=34 * MS)
    await asyncio.sleep(10 * MS)  # what happens from now on was left behind

def shows():
    for run, (ended, named, error, outputs) in results.items():
        mine = [entry for entry in log if entry[2] == run]
        if ended == 'cancelled' and not (any(r == run for r, _ in FAULTS) or RUNS[run][1] is not None):
            return f"run {run} ended {ended!r} (stage {named}, {error!r}): nothing was wrong with it, nor cancelled"

for _ in range(200):  # sets of tasks iterate by address
    log, results = [], {}
    asyncio.run(main())
    if shown := shows():
        break
print(shown or "does not show")
sys.exit(1 if shown else 0 if any(entry[1] == 'returned' for entry in log) else 2)
