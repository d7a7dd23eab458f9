"""What the checks of a guard made of a text is lost.
Law: A guard that blocks lets nothing through in which a check finds something, or whose check …
Expected, as promised: “Content after any transformations” (stageflow/helpers/guardrails.py:115)
Actual on stageflow-core==1.2.0: the checks made '' of the text, handed on is 'a'.
Scenario: One guard stage with checks 2, blocks false, transforms true, threshold 0.0. Call …
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
    from stageflow.context import ContextSnapshot
    from stageflow.context.identity import RunIdentity
    from stageflow.helpers.guardrails import GuardrailConfig, GuardrailResult, GuardrailStage, PolicyViolation, ViolationType
    from stageflow.stages.inputs import create_stage_inputs
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'checks': 2, 'blocks': False, 'transforms': True, 'threshold': 0.0}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'guard', {'text': 'a'}, 0.0, None),
]
WORKS = {('c0.0', 'check 1'): [(1.0, '', {'severities': [], 'text': ''}, False)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['returned', 'c12b67eda1b23d47', ['check 0', 'check 1'], [0.0, 0.0]]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}
class Bench:  # the caller's side
    def work_now(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        works = WORKS.get((call.get(), label)) or [(1, "", None, False)]
        ms, fails, gives, hangs = works[min(nth, len(works)) - 1]
        return {"from": label, "call": call.get(), "nth": nth} if gives is None else gives
    emit = lambda self, name, **value: None
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))
class Check:
    def __init__(self, bench, number):
        self.bench, self.label = (bench, f'check {number}')
    def check(self, content, context=None):
        given = self.bench.work_now(self.label, content)
        severities = given.get('severities', [])
        found = [PolicyViolation(ViolationType.CUSTOM, 'found', one) for one in severities]
        return GuardrailResult(not found, found, given.get('text'))
class Binding:
    def __init__(self, settings, bench):
        self.bench = bench
        blocks, threshold = (settings['blocks'], settings['threshold'])
        config = GuardrailConfig(blocks, settings['transforms'], threshold)
        checks = [Check(bench, number) for number in range(settings['checks'])]
        self.stage = GuardrailStage(checks, config)
    def try_emit(self, **event):
        pass
    async def perform(self, operation, arguments):
        names = 'pipeline_run_id request_id session_id user_id org_id interaction_id'.split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        snapshot = ContextSnapshot(run_id=RunIdentity(**ids), input_text=arguments['text'])
        parts = {'inputs': create_stage_inputs(snapshot), 'timer': stageflow.PipelineTimer()}
        ctx = stageflow.StageContext(snapshot=snapshot, stage_name='guard', event_sink=self, **parts)
        output = await self.stage.execute(ctx)
        return {'blocked': output.status.value == 'fail', 'passed': output.data['guardrail_passed'], 'violations': len(output.data['violations']), 'run': output.data['checks_run'], 'text': output.data.get('transformed_content', arguments['text'])}
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
