"""A request completes with a result for a stage that was never executed.
Law: Runs with the same idempotency key have the effect of a WORK stage exactly once, and all of …
Expected, as promised: “Interceptor that enforces idempotency for WORK stages.” …
Actual on stageflow-core==1.2.0: run r0 completed with a result for stage b, which was executed …
Scenario: Pipeline: 2 stages: a, b (kind work). One run, r0, with an idempotency key.
Needs stageflow-core==1.2.0. Ends with 1: it shows; 0: it does not; 2: cannot tell.
"""
import asyncio
import sys
import uuid
try:
    import inspect
    import stageflow
    from stageflow.pipeline.idempotency import IdempotencyInterceptor
    from stageflow.pipeline.interceptors import get_default_interceptors
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)

MS = 0.02  # a millisecond of the scenario takes so many seconds here
STAGES = {'a': (), 'b': ()}  # stage: what it waits for
RUNS = {'r0': (0.0, None)}  # run: starts after, its caller cancels it after (ms)
KINDS = {'b': 'work'}
DATA = {'r0': {'idempotency_key': 'key-r0'}}
log, results = [], {}

def note(what, run, stage="", seen=None):
    log.append((asyncio.get_running_loop().time() / MS, what, run, stage, seen))

async def body(run, stage, received, look_up):
    note("started", run, stage, None)
    answer = "ok", {"from": stage, "by": run}, ""
    await asyncio.sleep(MS * 1)
    note("ended", run, stage, answer[0])
    return answer

class Stage:
    def __init__(self, name):
        self.name, self.kind = name, stageflow.StageKind(KINDS.get(name, 'transform'))

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
    if "interceptors" not in inspect.signature(stageflow.Pipeline.build).parameters:
        sys.exit(print("cannot tell: this release has no interceptors on a pipeline") or 2)
    pipeline = stageflow.Pipeline()
    for name, after in STAGES.items():
        stage = Stage(name)
        pipeline = pipeline.with_stage(name, stage, stage.kind, dependencies=after)
    interceptors = get_default_interceptors()
    if not any(isinstance(one, IdempotencyInterceptor) for one in interceptors):
        interceptors.append(IdempotencyInterceptor())
    return pipeline.build(interceptors=interceptors)

def root(run):
    names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
    more = {"topology": "repro", "execution_mode": "test", "data": dict(DATA.get(run, {}))}
    return stageflow.PipelineContext(
        **{name: uuid.uuid4() for name in names}, input_text=run, **more
    )

async def caller(built, run, starts, gives_up):
    await asyncio.sleep(MS * starts)
    task = asyncio.ensure_future(execute(built, run))
    await asyncio.wait([task])
    results[run] = ("cancelled", None, None, {}) if task.cancelled() else task.result()
    note("returned", run)

async def main():
    built = build()
    callers = [asyncio.ensure_future(caller(built, run, *RUNS[run])) for run in RUNS]
    await asyncio.wait(callers, timeout=28 * MS)
    await asyncio.sleep(10 * MS)  # what happens from now on was left behind

def shows():
    for run, (ended, named, error, outputs) in results.items():
        mine = [entry for entry in log if entry[2] == run]
        if ended == 'completed' and set(outputs) - {e[3] for e in log if e[1] == 'started'}:
            return f"run {run} ended {ended!r} (stage {named}, {error!r}): it has a result for {sorted(set(outputs) - {e[3] for e in log if e[1] == 'started'})}, which was executed in no run"

asyncio.run(main())
shown = shows()
print(shown or "does not show")
sys.exit(1 if shown else 0 if any(entry[1] == 'returned' for entry in log) else 2)
