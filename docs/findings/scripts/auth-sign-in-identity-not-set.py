"""The context of the work is not given the user and tenant of the token.
Law: Protected work runs only for a token that was found valid, on what does not belong to …
Expected, as promised: “On success, stores AuthContext in ctx.data” …
Actual on stageflow-core==1.2.0: the token names a of , and the context of the work says [None, …
Scenario: One sign in with tenants false. Call request(token="a"). Its validate: takes 1 ms and …
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
    from datetime import UTC, datetime
    from stageflow import PipelineContext
    from stageflow.auth import AuthInterceptor, InvalidTokenError, MissingClaimsError, TokenExpiredError
    from stageflow.pipeline.interceptors import run_with_interceptors
    from stageflow.stages.result import StageResult
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'tenants': False}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'request', {'token': 'a'}, 0.0, None),
]
WORKS = {('c0.0', 'validate'): [(1.0, '', {'roles': [], 'tenant': '', 'user': 'a'}, False)]}  # the caller's own code: ms, fails with, gives, hangs
OBSERVED = {'c0.0': ['returned', 'acf76f8ebb06f0c6', ['validate', 'body'], [0.0, 1.0]]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}
class Bench:  # the caller's side
    async def work(self, label, given=None):
        nth = 1 + sum(e[:2] == [call.get(), label] for e in log)
        log.append([call.get(), label, round(now * 1000, 3), label])
        works = WORKS.get((call.get(), label)) or [(1, "", None, False)]
        ms, fails, gives, hangs = works[min(nth, len(works)) - 1]
        await (loop.create_future() if hangs else asyncio.sleep(ms / 1000))
        return {"from": label, "call": call.get(), "nth": nth} if gives is None else gives
    identifier = lambda self, *names: str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))
REFUSED = {'expired': TokenExpiredError, 'incomplete': MissingClaimsError}
class Binding:
    def __init__(self, settings, bench):
        self.bench, self.names, self.gates = (bench, {}, [AuthInterceptor(self)])
    def id_of(self, name):
        if name is None:
            return None
        id_of_name = self.bench.identifier('name', name)
        self.names[uuid.UUID(id_of_name)] = name
        return id_of_name
    async def validate(self, token):
        given = await self.bench.work('validate', token)
        if 'refused' in given:
            raise REFUSED.get(given['refused'], InvalidTokenError)(given['refused'])
        ids = {'user_id': self.id_of(given['user']), 'session_id': self.id_of('session')}
        ids.pop(f"{given.get('lacks')}_id", None)
        return {**ids, 'org_id': self.id_of(given['tenant']), 'roles': given['roles']}
    async def perform(self, operation, arguments):
        async def work():
            begun, auth = (datetime.now(UTC), ctx.data.get('_auth_context'))
            claims = auth and {'user': self.names.get(auth.user_id), 'tenant': self.names.get(auth.org_id), 'roles': list(auth.roles)}
            who = {'user': self.names.get(ctx.user_id), 'tenant': self.names.get(ctx.org_id)}
            data = await self.bench.work('body', {'claims': claims, **who})
            times = {'started_at': begun, 'ended_at': datetime.now(UTC)}
            return StageResult(name='work', status='completed', data=data, **times)
        names = 'pipeline_run_id request_id session_id user_id org_id interaction_id'.split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        data = {'_auth_token': arguments['token']}
        ctx = PipelineContext(**ids, topology='work', execution_mode='test', data=data)
        result = await run_with_interceptors('work', work, ctx, self.gates)
        if result.error:
            raise PermissionError(result.error)
        return dict(result.data)
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
