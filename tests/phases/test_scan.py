"""Each hazard has code that must be found and harmless code that must not."""

import pytest

from production_testers.evidence.repairs import Repair
from production_testers.phases.research.hazard import MEANING, HazardKind, groups_of
from production_testers.phases.research.scan import DETECTORS, count_by_kind, scan, scan_module

PLANTED = {
    "state of a call on self": (
        HazardKind.SHARED_STATE,
        """
        class Graph:
            async def run(self, ctx):
                self.token = Token()
                await work(self.token)
        """,
        "Graph.run",
    ),
    "one key for all stages": (
        HazardKind.SHARED_KEY,
        """
        class Timer:
            async def before(self, stage, ctx):
                ctx.data["stage"] = stage
        """,
        "ctx.data['stage']",
    ),
    "one key that is removed again": (
        HazardKind.SHARED_KEY,
        """
        class Timer:
            KEY = "start"
            async def before(self, ctx):
                ctx.data[self.KEY] = ctx.now()
            async def after(self, ctx):
                ctx.data.pop(self.KEY)
        """,
        "ctx.data[self.KEY]",
    ),
    "tasks left when the caller is cancelled": (
        HazardKind.MISSING_CLEANUP,
        """
        import asyncio
        async def run(stages):
            tasks = {asyncio.create_task(stage()) for stage in stages}
            while tasks:
                done, tasks = await asyncio.wait(tasks)
        """,
        "go on running",
    ),
    "tasks started by a nested function": (
        HazardKind.MISSING_CLEANUP,
        """
        import asyncio
        async def run(stages):
            tasks = set()
            def start(stage):
                task = asyncio.create_task(stage())
                tasks.add(task)
            for stage in stages:
                start(stage)
            try:
                await asyncio.wait(tasks)
            finally:
                report()
        """,
        "go on running",
    ),
    "a lock without finally": (
        HazardKind.MISSING_CLEANUP,
        """
        class Store:
            async def put(self, value):
                await self.lock.acquire()
                await self.write(value)
                self.lock.release()
        """,
        "`self.lock`",
    ),
    "a task that is dropped": (
        HazardKind.OWNERLESS_TASK,
        """
        from asyncio import create_task
        def emit(event):
            create_task(send(event))
        """,
        "`emit`",
    ),
    "a task under a name that nobody reads": (
        HazardKind.OWNERLESS_TASK,
        """
        import asyncio
        def emit(event):
            _ = asyncio.get_running_loop().create_task(send(event))
        """,
        "`emit`",
    ),
    "an exception that is passed over": (
        HazardKind.SWALLOWED_EXCEPTION,
        """
        async def stage():
            try:
                await work()
            except Exception:
                pass
        """,
        "is dropped",
    ),
    "an exception that is only logged": (
        HazardKind.SWALLOWED_EXCEPTION,
        """
        class Worker:
            async def run(self):
                self.note()
            def note(self):
                try:
                    work()
                except (ValueError, Exception) as error:
                    self.logger.warning("failed: %s", error)
        """,
        "is only logged",
    ),
    "an exception that is suppressed": (
        HazardKind.SWALLOWED_EXCEPTION,
        """
        from contextlib import suppress
        async def stage():
            with suppress(Exception):
                await work()
        """,
        "is dropped",
    ),
    "a failed clean-up that is only logged": (
        HazardKind.SWALLOWED_EXCEPTION,
        """
        async def close(self):
            try:
                await self.cleanup()
            except Exception:
                logger.exception("clean-up failed")
        """,
        "is only logged",
    ),
    "an event of the framework that vanishes": (
        HazardKind.SWALLOWED_EXCEPTION,
        """
        import contextlib
        async def tell(ctx):
            with contextlib.suppress(Exception):
                ctx.event_sink.try_emit("done", {})
        """,
        "is dropped",
    ),
    "work beside an observer": (
        HazardKind.SWALLOWED_EXCEPTION,
        """
        async def fetch(self, url):
            try:
                page = await self.load(url)
                self._on_load(page)
            except Exception:
                pass
        """,
        "is dropped",
    ),
    "sleep on the loop": (
        HazardKind.BLOCKING_CALL,
        """
        from time import sleep
        async def stage():
            sleep(1)
        """,
        "`time.sleep`",
    ),
    "a file in a helper on the loop": (
        HazardKind.BLOCKING_CALL,
        """
        async def stage():
            note()
        def note():
            with open(name) as file:
                file.read()
        """,
        "`open` in `note`",
    ),
    "a file at a fixed place": (
        HazardKind.FIXED_PATH,
        """
        LOG = "/tmp/debug.log"
        async def stage():
            with open(LOG, "a") as file:
                file.write("x")
        """,
        "`/tmp/debug.log`",
    ),
    "an empty list replaced": (
        HazardKind.HIDDEN_DEFAULT,
        """
        class Graph:
            def __init__(self, hooks: "list[str] | None" = None) -> None:
                self.hooks = hooks or default_hooks()
        """,
        "`hooks`",
    ),
    "a zero replaced": (
        HazardKind.HIDDEN_DEFAULT,
        """
        from typing import Optional
        def wait(seconds: Optional[float] = None) -> None:
            sleep(seconds or 30.0)
        """,
        "`30.0`",
    ),
    "every stage for every stage that ends": (
        HazardKind.NESTED_SCAN,
        """
        class Graph:
            async def run(self):
                done = set()
                while len(done) < len(self.stages):
                    for ended in await some():
                        for name, stage in self.stages.items():
                            visit(ended, name, stage)
        """,
        "`self.stages`",
    ),
    "every pair": (
        HazardKind.NESTED_SCAN,
        """
        def pairs(stages):
            for a in stages:
                for b in list(stages):
                    visit(a, b)
        """,
        "four times",
    ),
    "a duration between two stamps": (
        HazardKind.WALL_CLOCK_DURATION,
        """
        from datetime import datetime
        def stage():
            begin = datetime.now()
            work()
            return datetime.now() - begin
        """,
        "datetime.now() - begin",
    ),
    "a helper that subtracts stamps": (
        HazardKind.WALL_CLOCK_DURATION,
        """
        def duration_ms(started_at, ended_at):
            return (ended_at - started_at).total_seconds() * 1000
        """,
        "ended_at - started_at",
    ),
}

HARMLESS = {
    "a constant, a counter and a guarded value on self": """
        class Graph:
            async def run(self, ctx):
                self.running = True
                self.count = self.count + step(ctx)
                if self.client is None:
                    self.client = Client()
                async with self._lock:
                    self.current = Token()
                await work()
        """,
    "what start and stop are for": """
        import asyncio
        class Sink:
            async def start(self):
                self.task = asyncio.create_task(self.work())
                await asyncio.sleep(0)
        """,
    "state that no other task can see in between": """
        class Graph:
            async def run(self, ctx):
                self.token = Token()
                return self.token
        """,
    "a key for each stage": """
        class Timer:
            async def before(self, stage, ctx):
                ctx.data[f"start.{stage}"] = ctx.now()
        """,
    "tasks that end with their caller": """
        import asyncio
        async def run(stages):
            tasks = [asyncio.create_task(stage()) for stage in stages]
            return await asyncio.gather(*tasks)
        """,
    "tasks that are cancelled on the way out": """
        import asyncio
        async def run(stages):
            tasks = {asyncio.create_task(stage()) for stage in stages}
            try:
                await asyncio.wait(tasks)
            finally:
                for task in tasks:
                    task.cancel()
        """,
    "a task group": """
        import asyncio
        async def run(stages):
            async with asyncio.TaskGroup() as group:
                for stage in stages:
                    group.create_task(stage())
        """,
    "a lock that is given back": """
        async def put(lock, value):
            await lock.acquire()
            try:
                await write(value)
            finally:
                lock.release()
        """,
    "a task that was cancelled on purpose": """
        import asyncio
        from contextlib import suppress
        async def halt(task):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        """,
    "a narrow exception, and one that is passed on": """
        async def stage():
            try:
                await work()
            except KeyError:
                pass
            except Exception as error:
                raise StageError(error) from error
        """,
    "an observer of the user's that fails": """
        import contextlib
        class Client:
            async def fetch(self, url):
                with contextlib.suppress(Exception):
                    self._on_start(url)
                try:
                    await self.progress_callback(url)
                except Exception:
                    pass
        """,
    "an event whose failure the log tells": """
        async def audit(sink, payload):
            try:
                sink.try_emit(type="audit", data=payload)
                return
            except Exception as error:
                logger.warning("failed: %s", error)
        """,
    "synchronous code that nobody awaits": """
        import time
        def main():
            try:
                open("/tmp/x")
                time.sleep(1)
            except Exception:
                pass
        """,
    "blocking work in a thread": """
        import asyncio, time
        async def stage():
            def work():
                time.sleep(1)
            await asyncio.to_thread(work)
            await asyncio.to_thread(lambda: time.sleep(1))
        """,
    "defaults that equal what was given": """
        def f(a: list[int] | None, b: str, c: dict[str, int] | None, d: int) -> None:
            use(a or [], b or "pipeline", c or dict(), d or 0)
        def g(answer: tuple[int, str] | None) -> None:
            use(answer or (404, "Not Found"))
            if a or DEFAULT:
                pass
        """,
    "loops beside each other": """
        def twice(stages):
            for a in stages:
                for b in a.after:
                    visit(a, b)
            for a in stages:
                visit(a)
        """,
    "the monotonic clock, and an age": """
        import time
        from datetime import datetime, timedelta
        def stage(entry):
            begin = time.monotonic()
            cutoff = datetime.now() - timedelta(hours=1)
            return time.monotonic() - begin, cutoff
        """,
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_hazard_is_found(module, name):
    kind, text, words = PLANTED[name]
    hazards = [hazard for hazard in scan_module(module(text)) if hazard.kind is kind]
    assert len(hazards) == 1
    assert words in hazards[0].statement
    lines = module(text).file.lines
    assert lines[hazards[0].line - 1].strip() == hazards[0].code_line


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_code_is_left_alone(module, name):
    assert scan_module(module(HARMLESS[name])) == ()


def test_every_kind_is_planted_and_named():
    assert {kind for kind, _, _ in PLANTED.values()} == set(HazardKind) == set(MEANING)
    assert len(DETECTORS) == len(HazardKind)


LINES = {
    "an exception that is passed over": (6, 6),
    "an exception that is only logged": (9, 9),
    "tasks started by a nested function": (6, 6),
    "every pair": (4, 5),
}
"""The handler's body and not its `except`, which runs whenever something is raised."""


@pytest.mark.parametrize("name", LINES)
def test_a_hazard_names_the_lines_that_do_harm(module, name):
    kind, text, _ = PLANTED[name]
    (hazard,) = [hazard for hazard in scan_module(module(text)) if hazard.kind is kind]
    assert hazard.lines == LINES[name]
    assert hazard.tells


def test_the_body_of_a_suppress_runs_whether_anything_is_raised_or_not(module):
    (hazard,) = scan_module(module(PLANTED["an exception that is suppressed"][1]))
    assert hazard.lines == (5, 5)
    assert not hazard.tells
    assert hazard.repair is None


def test_what_can_be_repaired_in_memory_says_how(module):
    found = {
        hazard.kind: (hazard.repair, hazard.subject)
        for name in ("state of a call on self", "a task that is dropped", "a lock without finally")
        for hazard in scan_module(module(PLANTED[name][1]))
    }
    assert found == {
        HazardKind.SHARED_STATE: (Repair.KEEP_PER_RUN, "self.token"),
        HazardKind.OWNERLESS_TASK: (Repair.STOP_TASKS, ""),
        HazardKind.MISSING_CLEANUP: (None, ""),
    }


def test_hazards_of_one_function_that_say_the_same_are_one_group(module):
    text = """
        import time
        async def stage():
            time.sleep(1)
            time.sleep(2)
        async def other():
            time.sleep(1)
        """
    groups = groups_of(scan_module(module(text)))
    assert [[hazard.line for hazard in group.hazards] for group in groups] == [[4, 5], [7]]
    assert len({group.key for group in groups}) == 2


def test_a_hazard_says_where_it_is(module):
    hazard = scan_module(module(PLANTED["sleep on the loop"][1]))[0]
    assert (hazard.file, hazard.line) == ("toyflow/mod.py", 4)
    assert hazard.qualified_name == "toyflow.mod.stage"
    assert hazard.code_line == "sleep(1)"


def test_counts_include_kinds_that_were_not_found(source):
    assert count_by_kind(scan(source)) == dict.fromkeys(HazardKind, 0)
