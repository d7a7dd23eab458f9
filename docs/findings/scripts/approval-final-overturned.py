"""A decision about an approval is replaced by a later one.
Law: The end of a request for approval is final: what was granted, refused, cancelled or has
expired is not seen as anything else later. [approval/final]
Expected, as promised: “Service for managing HITL approval requests.”
(stageflow/tools/approval.py:91)
Actual on stageflow-core==1.2.0: r1 was not granted in call c0.2, and granted in the later call
c0.4.
Scenario: One approval. Call ask(ref="r1"). Call cancel(ref="r1"). Call wait(ref="r1",
limit_ms=1). Call decide(ref="r1", granted=true). Call wait(ref="r1", limit_ms=1).
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
    from stageflow.tools import ApprovalService
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'ask', {'ref': 'r1'}, 0.0, None),
    ('c0.1', 'c0', 'cancel', {'ref': 'r1'}, 0.0, None),
    ('c0.2', 'c0', 'wait', {'ref': 'r1', 'limit_ms': 1}, 0.0, None),
    ('c0.3', 'c0', 'decide', {'ref': 'r1', 'granted': True}, 0.0, None),
    ('c0.4', 'c0', 'wait', {'ref': 'r1', 'limit_ms': 1}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '74234e98afe7498f', [], []],
 'c0.1': ['returned', 'b5bea41b6c623f7c', [], []],
 'c0.2': ['returned', 'fcbcf165908dd18a', [], []],
 'c0.3': ['returned', 'b5bea41b6c623f7c', [], []],
 'c0.4': ['returned', 'b5bea41b6c623f7c', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))

NAMES = {'approved': 'granted', 'denied': 'refused'}

class Binding:

    def __init__(self, settings, bench):
        self.bench, self.ids, self.service = (bench, {}, ApprovalService())

    async def perform(self, operation, arguments):
        ref, service = (arguments.get('ref'), self.service)
        if operation == 'ask':
            action = uuid.UUID(self.bench.identifier('action', ref))
            self.ids[ref] = (await service.request_approval(action, 'tool')).id
            return None
        request_id = self.ids.get(ref) or uuid.UUID(self.bench.identifier('nobody'))
        if operation == 'wait':
            limit = arguments['limit_ms'] / 1000
            return (await service.await_decision(request_id, limit)).granted
        if operation == 'decide':
            await service.record_decision(request_id, arguments['granted'])
            return True
        if operation == 'cancel':
            return await service.cancel_request(request_id)
        request = await service.get_request(request_id)
        return request and NAMES.get(request.status.value, request.status.value)

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
