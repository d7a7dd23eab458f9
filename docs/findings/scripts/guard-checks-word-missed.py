"""A listed word in a text is not found.
Law: A check finds what it is given to look for, and the injections that it names, in any case,
white space and surroundings; plain text passes; limits of length are kept. [guard/checks]
Expected, as promised: “Custom profanity list” (stageflow/helpers/guardrails.py:292)
Actual on stageflow-core==1.2.0: 'RATS' stands in 'RATS', and call c0.0 returned True.
Scenario: One guard checks with words
["grumble","\\u0e44\\u0e2d\\u0e49\\u0e42\\u0e07\\u0e48","RATS","\\u83ab\\u8fe6"], phrases ["plan b","Rival
Inc"], chars_min 0, chars_max 1. Call words(text="RATS").
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
    import re
    from stageflow.helpers.guardrails import ContentFilter, ContentLengthCheck, InjectionDetector
except ImportError as error:
    sys.exit(print("cannot tell:", error) or 2)
SETTINGS = {'words': ['grumble', 'ไอ้โง่', 'RATS', '莫迦'], 'phrases': ['plan b', 'Rival Inc'], 'chars_min': 0, 'chars_max': 1}
CALLS = [  # key, client, operation, arguments, starts after, is cancelled after (ms)
    ('c0.0', 'c0', 'words', {'text': 'RATS'}, 0.0, None),
]
OBSERVED = {'c0.0': ['returned', 'b5bea41b6c623f7c', [], []]}  # how a call ended; the caller's own code that began, and when (ms)
call, log, ended = contextvars.ContextVar("call", default=""), [], {}

class Bench:  # the caller's side
    pass

class Binding:

    def __init__(self, settings, bench):
        low, high = (settings['chars_min'], settings['chars_max'])
        patterns = [re.escape(phrase) for phrase in settings['phrases']]
        self.checks = {'words': ContentFilter(profanity_list=set(settings['words'])), 'phrases': ContentFilter(block_profanity=False, blocked_patterns=patterns), 'length': ContentLengthCheck(min_chars=low, max_chars=high), 'injection': InjectionDetector()}

    async def perform(self, operation, arguments):
        injection = self.checks['injection']
        text = arguments['text']
        return self.checks[operation].check(text).passed

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
