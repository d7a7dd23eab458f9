"""An action that can be undone is not undone.
Law: What a tool that can undo did is kept in the given store and undone when asked, once; …
Expected, as promised: “True if undo succeeded” (stageflow/tools/executor_v2.py:217)
Actual on stageflow-core==1.2.0: the action was done by a tool that can undo it, and call c0.1 …
Scenario: One tools with tools …
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
    from dataclasses import make_dataclass
    from stageflow.events import set_event_sink
    from stageflow.tools import AdvancedToolExecutor, ApprovalService, DictContextAdapter, ToolDefinition, ToolExecutorConfig, ToolOutput, UndoStore, clear_undo_store
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'tools': [{'name': 'a', 'action': 'ACTION_0', 'modes': [], 'approval': False, 'undoable': True, 'schema': {}}], 'approval_ms': 1}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'execute', {'ref': 'a0.0', 'action': 'ACTION_0', 'mode': 'admin', 'payload': {}}, 0.0, None),
    ('c0.1', 'c0', 'undo', {'ref': 'a0.0'}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', '9f438aecc545f6eb', ['handler'], [0.0]],
 'c0.1': ['returned', 'fcbcf165908dd18a', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}
class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        await asyncio.sleep(0.001)
        return {"from": label, "call": call.get(), "nth": nth}
    emit = lambda self, name, **value: None
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))
Action = make_dataclass('Action', ['id', 'type', 'payload'])
class Binding:
    def __init__(self, settings, bench):
        clear_undo_store()
        set_event_sink(self)
        self.bench, self.refs = (bench, {})
        self.store, self.approvals = (UndoStore(), ApprovalService())
        config = ToolExecutorConfig(approval_timeout_seconds=settings['approval_ms'] / 1000)
        self.executor = AdvancedToolExecutor(config, self.store, self.approvals)
        for tool in settings['tools']:
            gates = {'allowed_behaviors': tuple(tool['modes']), 'input_schema': tool['schema']}
            gates['requires_approval'] = tool['approval']
            undo = {'undoable': True, 'undo_handler': self.undo} if tool['undoable'] else {}
            made = ToolDefinition(tool['name'], tool['action'], self.handle, **gates, **undo)
            self.executor.register(made)
    async def handle(self, given):
        data = await self.bench.work('handler', {'payload': given.payload})
        if 'refuses' in data:
            return ToolOutput.fail(data['refuses'])
        return ToolOutput.ok(data, undo_metadata={'data': data})
    async def undo(self, metadata):
        await self.bench.work('undo', self.refs.get(metadata.action_id))
    async def emit(self, **event):
        pass
    async def perform(self, operation, arguments):
        action_id = uuid.UUID(self.bench.identifier('action', arguments['ref']))
        self.refs[action_id] = arguments['ref']
        run = {name: self.bench.identifier(name) for name in ('pipeline_run_id', 'request_id')}
        ctx = DictContextAdapter({**run, 'execution_mode': arguments.get('mode')})
        if operation == 'undo':
            return await self.executor.undo_action(action_id, ctx)
        action = Action(action_id, arguments['action'], arguments['payload'])
        output = await self.executor.execute(action, ctx)
        return {'success': output.success, 'data': output.data, 'error': output.error}
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
