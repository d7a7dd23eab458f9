"""Where a trace context is active, the current one is another, or mixed of two.
Law: While a trace context is active it is the current one, whole, also in tasks that are …
Expected, as promised: “All operations here have the same trace context” …
Actual on stageflow-core==1.2.0: call c0.0 made {'trace': None, 'span': None, 'correlation': …
Scenario: One trace context. Call activate(ids={"correlation":"32","span":null,"trace":null}, …
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
    import asyncio
    import uuid
    from contextlib import nullcontext, suppress
    from stageflow.observability.tracing import TraceContext
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'activate', {'ids': {'trace': None, 'span': None, 'correlation': '32'}, 'outer': {'trace': 'bc28fe6382b622cab3db2f42a20f1ef1', 'span': 'd4fe9926347f0ee9', 'correlation': '71'}}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '816f643c1012fa02', ['inside'], [0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}
class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        await asyncio.sleep(0.001)
        return {"from": label, "call": call.get(), "nth": nth}
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))
class Binding:
    def __init__(self, settings, bench):
        self.bench = bench
        self.names = {None: None}
    def made(self, ids, **more):
        own = self.named('correlation', ids['correlation'])
        parts = {'trace_id': ids['trace'], 'span_id': ids['span'], 'correlation_id': own}
        return TraceContext(**parts, **more)
    def named(self, part, name):
        own = None if name is None else uuid.UUID(self.bench.identifier(part, name))
        self.names[own] = name
        return own
    def told(self, context):
        name = self.names.get(context.correlation_id, str(context.correlation_id))
        return {'trace': context.trace_id, 'span': context.span_id, 'correlation': name}
    async def perform(self, operation, arguments):
        ids, outer = (arguments['ids'], arguments.get('outer'))
        with nullcontext() if outer is None else self.made(outer).activate():
            seen = {'before': await self.current()}
            with suppress(RuntimeError), self.made(ids).activate():
                task = asyncio.create_task(self.current())
                seen |= {'inside': await self.current(), 'task': await task}
                await self.bench.work('inside')
            return {**seen, 'after': await self.current()}
    async def current(self):
        return self.told(TraceContext.capture())
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
