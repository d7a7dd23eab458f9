"""Services that remember: what they tell one request differs from what they told another."""

import sys
import textwrap

import pytest

from production_testers.experiments.judging import run_and_judge
from production_testers.model.scenario import Kind, using
from production_testers.model.target import Promises, ServiceSpec, Target
from production_testers.model.usage import Call, Usage, Work
from production_testers.suts.reference import ReferenceAdapter

APPLICATION = """
import asyncio

LOCK = LOCKED


class Store:
    def __init__(self):
        self.level = 3

    async def read(self, sku):
        await asyncio.sleep(0.001)
        return {"sku": sku, "level": self.level}

    async def write(self, sku, level, key=""):
        await asyncio.sleep(0.001)
        self.level = level


def build(store):
    lock = asyncio.Lock()

    async def reserve(request):
        found = await store.read("bolt")
        if found["level"] < 1:
            return {"reserved": False}
        await store.write("bolt", found["level"] - 1, request["id"])
        return {"reserved": True}

    async def in_line(request):
        async with lock:
            return await reserve(request)

    return in_line if LOCK else reserve


def requests():
    return [{"id": f"r-{n}", "note": f"n{n}"} for n in range(4)]


def nothing_is_sold_twice(request, answer, history):
    levels = [e["arguments"]["level"] for e in history if e["method"] == "write"]
    assert len(levels) == len(set(levels)), f"levels were {levels}"


def told_all(request, answer, history):
    over = [e for e in history if not e["service"]]
    assert over[-1] == {
        "request": request, "service": "", "method": "", "arguments": {}, "answer": answer
    }
"""
ADAPTER = ReferenceAdapter()
SUT = ADAPTER.describe()


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """One request twice alone, then four others side by side."""

    def execute(*, locked, name, works=None, **promises):
        module = f"world_{tmp_path.name}_{name}".replace("-", "_")
        code = textwrap.dedent(APPLICATION).replace("LOCKED", str(locked))
        (tmp_path / f"{module}.py").write_text(code)
        monkeypatch.setattr(sys, "path", list(sys.path))
        store = ServiceSpec(
            factory=f"{module}:Store", effects=("write",), deduplicates_by=("id", "key")
        )
        target = Target(
            object=f"{module}:build",
            folder=str(tmp_path),
            inputs=f"{module}:requests",
            records=4,
            services={"store": store},
            invariants=(f"{module}:nothing_is_sold_twice", f"{module}:told_all"),
            promises=Promises(**promises),
            stages={"handle": ""},
        )
        alone = [_call(0, index, 0) for index in range(2)]
        others = [_call(client, 0, 0, works) for client in range(1, 5)]
        settings = {"target": target.as_json(), "control": False}
        usage = Usage(
            unit="target", settings=settings, calls=(*alone, *others), first=alone[0].client
        )
        return run_and_judge(ADAPTER, SUT, using(Kind.STRESS, usage))

    return execute


def _call(client, index, record, works=None):
    return Call(
        key=f"c{client}.{index}", client=f"c{client}", operation="handle",
        arguments={"record": record}, works=works or {},
    )  # fmt: skip


def answers(seen):
    return [e.value["value"] for e in seen.observation.history if e.kind.value == "run_ended"]


def test_who_comes_late_is_told_that_nothing_is_left_and_nobody_is_to_blame(judged):
    seen = judged(locked=True, name="right")
    assert len({str(answer) for answer in answers(seen)}) == 2  # three have one, the last has none
    assert seen.broken == {}
    assert seen.verdicts["target/invariants"].exercised == 12


def test_an_invariant_over_the_history_shows_an_update_that_is_lost(judged):
    seen = judged(locked=False, name="wrong")
    assert "nothing_is_sold_twice" in seen.broken["target/invariants"].summary


def test_independent_false_judges_no_request_by_another_one(judged):
    assert judged(locked=True, name="a").verdicts["target/as-alone"].exercised > 0
    dependent = judged(locked=True, name="b", independent=False)
    assert dependent.verdicts["target/as-alone"].exercised == 0


def test_a_key_may_have_one_of_several_names(judged):
    late = {"store.write": (Work(ms=0.0, raises="error", late=True),)}
    seen = judged(locked=True, name="keys", works=late, idempotent="id")
    assert "target/effects-once" not in seen.broken
    assert seen.verdicts["target/effects-once"].exercised == 1
