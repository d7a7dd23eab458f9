"""A check for changes lets an execution pass that changed what it was given.
Law: With a check for changes, an execution that changed what it was given to read is failed, …
Expected, as promised: “Ensures ContextSnapshot and its nested structures are not mutated by …
Actual on stageflow-core==1.2.0: execution c0.0 changed what it was given, and it returned None.
Scenario: One change check. Call execute(changes=true, list=["c0.0",9]).
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
    import uuid
    import stageflow
    from stageflow.pipeline.interceptors_hardening import ImmutabilityInterceptor
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'execute', {'changes': True, 'list': ['c0.0', 9]}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '74234e98afe7498f', ['work'], [0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}
class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        await asyncio.sleep(0.001)
        return {"from": label, "call": call.get(), "nth": nth}
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))
class Stage:
    name, kind = ('work', stageflow.StageKind.TRANSFORM)
    def __init__(self, bench):
        self.bench = bench
    async def execute(self, ctx):
        given = ctx.snapshot.metadata
        await self.bench.work('work')
        if given['changes']:
            given['list'].append('changed')
        return stageflow.StageOutput.ok()
class ChangedError(Exception):
    pass
class Binding:
    def __init__(self, settings, bench):
        self.bench = bench
        pipeline = stageflow.Pipeline().with_stage('work', Stage(bench), Stage.kind)
        self.graph = pipeline.build(interceptors=[ImmutabilityInterceptor()])
    async def perform(self, operation, arguments):
        names = 'pipeline_run_id request_id session_id user_id org_id interaction_id'.split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        given = {'changes': arguments['changes'], 'list': list(arguments['list'])}
        more = {'topology': 'one', 'execution_mode': 'test', 'metadata': given}
        try:
            await self.graph.run(stageflow.PipelineContext(**ids, **more))
        except Exception as error:
            if 'Immutability violation' in str(error):
                raise ChangedError from error
            raise
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
