"""A builder takes a second stage of the same name, and the first is gone.
Law: A builder refuses loops, unknown dependencies and names used twice before anything runs, and
nothing else; it keeps every stage, and a pipeline that others go on from stays as it is.
[building/possible]
Expected, as promised: “name: Unique stage name within the pipeline”
(stageflow/pipeline/pipeline.py:166)
Actual on stageflow-core==1.2.0: call c0.0 names two stages alike, and it returned ['s0'].
Scenario: One builder. Call build(stages=[{"after":[],"name":"s0"},{"after":[],"name":"s0"}]).
Needs stageflow-core==1.2.0. Ends with 1: it shows; 0: it does not; 2: cannot tell.
"""
import asyncio, contextvars, hashlib, json, os, sys, time
sys.excepthook = lambda _, error, __: (print("cannot tell:", repr(error)), os._exit(2))
now, loop = 0.0, asyncio.new_event_loop()  # time jumps: nobody waits
select, loop.time, epoch = loop._selector.select, lambda: now, time.time()

def jump(timeout):
    global now
    assert timeout is not None, "nothing can happen any more"
    now += timeout
    return select(0)

loop._selector.select = jump
time.time, time.monotonic, time.perf_counter = lambda: epoch + now, lambda: now, lambda: now
try:
    from stageflow import Pipeline, StageKind, StageOutput
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'build', {'stages': [{'name': 's0', 'after': []}, {'name': 's0', 'after': []}]}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', 'c8106d0f8954433e', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

_PIPELINE = 'stageflow.pipeline.pipeline.Pipeline'

class Stage:
    kind = StageKind.TRANSFORM

    async def execute(self, ctx):
        return StageOutput.ok()
STAGE = Stage()
ORDER = Pipeline.stage_names

class Binding:

    def __init__(self, settings, bench):
        pass

    async def perform(self, operation, arguments):
        return self.order(self.extend(Pipeline(), arguments['stages']))

    def extend(self, pipeline, stages):
        for stage in stages:
            name, after = (stage['name'], tuple(stage['after']))
            pipeline = pipeline.with_stage(name, STAGE, StageKind.TRANSFORM, dependencies=after)
        return pipeline

    def order(self, pipeline):
        pipeline.build()
        return ORDER(pipeline)

def digest(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

async def client(unit, name):
    for key, _, operation, arguments, after, gives_up in [c for c in CALLS if c[1] == name]:
        call.set(key)
        task = asyncio.create_task(unit.perform(operation, arguments))
        [end] = await asyncio.gather(task, return_exceptions=True)
        how = "raised" if isinstance(end, Exception) else "returned"
        detail = digest(end) if how == "returned" else type(end).__name__
        ended[key] = ["cancelled", ""] if task.cancelled() else [how, detail]
        print(key, operation, ended[key][0], end)

try:
    loop.run_until_complete(client(Binding(SETTINGS, Bench()), "c0"))
except AssertionError as stuck:
    print(stuck)
for key, (*how, labels, moments) in OBSERVED.items():
    began = [(seen, ms) for one, _, ms, seen in log if one == key]
    late = any(abs(ms - at) > 1 for (_, ms), at in zip(began, moments))
    if ended.get(key, ["", ""]) != how or [label for label, _ in began] != labels or late:
        sys.exit(print("it does not show:", key, ended.get(key), began) or 0)
sys.exit(print("it shows") or 1)
