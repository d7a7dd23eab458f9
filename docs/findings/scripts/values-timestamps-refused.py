"""A timestamp in a promised form is refused.
Law: A moment that is written in one of the ways promised is read as that moment, and what is no
moment is refused. [values/timestamps]
Expected, as promised: “Detect Unix timestamp precision” (stageflow/helpers/timestamps.py:6)
Actual on stageflow-core==1.2.0: call c0.0, given 1696153929986.25 (milliseconds_fraction), raised
ValueError: year 55718 is out of range.
Scenario: One timestamps with zone_min 0. Call parse(written=1696153929986.25,
style="milliseconds_fraction", moment_us=1696153929986250).
Needs stageflow-core==1.2.0. Ends with 1: it shows; 0: it does not; 2: cannot tell.
"""
import asyncio, contextvars, os, sys, time
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
    from datetime import UTC, datetime, timedelta, timezone
    from stageflow.helpers.timestamps import parse_timestamp
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'zone_min': 0}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'parse', {'written': 1696153929986.25, 'style': 'milliseconds_fraction', 'moment_us': 1696153929986250}, 0.0, None),
]
OBSERVED = {'c0.0': ['raised', 'ValueError', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

class Binding:

    def __init__(self, settings, bench):
        self.zone = timezone(timedelta(minutes=settings['zone_min']))

    async def perform(self, operation, arguments):
        moment = parse_timestamp(arguments['written'], default_timezone=self.zone)
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

async def client(unit, name):
    for key, _, operation, arguments, after, gives_up in [c for c in CALLS if c[1] == name]:
        call.set(key)
        task = asyncio.create_task(unit.perform(operation, arguments))
        [end] = await asyncio.gather(task, return_exceptions=True)
        how = "raised" if isinstance(end, Exception) else "returned"
        detail = type(end).__name__
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
