"""The conformance kit accepts the reference adapter and names what is wrong with others."""

from dataclasses import replace

import pytest

from production_testers.model.pipeline import Outcome, Status
from production_testers.model.semantics import Capability
from production_testers.suts import conformance
from production_testers.suts.conformance import check_adapter
from production_testers.suts.contract import RunResult, StageResult
from production_testers.suts.reference import ReferenceAdapter


def through(change):
    """An adapter that lets `change(spec, call)` alter what a stage is handed."""

    class Changed(ReferenceAdapter):
        def build(self, pipeline, body):
            return super().build(pipeline, lambda spec, call: body(spec, change(spec, call)))

    return Changed


class NoDag(ReferenceAdapter):
    def describe(self):
        return replace(super().describe(), capabilities={Capability.IDENTITY: None})


class CitesNothing(ReferenceAdapter):
    def describe(self):
        return replace(super().describe(), version="1.0")


class NamesNoComponent(ReferenceAdapter):
    def describe(self):
        return replace(super().describe(), components={Capability.DAG: "no.such.module"})


class CannotDescribe(ReferenceAdapter):
    def describe(self):
        raise OSError("nothing to read")


class Refuses(ReferenceAdapter):
    def build(self, pipeline, body):
        raise ValueError("dependencies first")


class InventsAnEnd(ReferenceAdapter):
    async def run(self, built, pipeline, request):
        return replace(await super().run(built, pipeline, request), ended="done")


class NamesNoStage(ReferenceAdapter):
    async def run(self, built, pipeline, request):
        return replace(await super().run(built, pipeline, request), stage=None)


class LosesTheException(ReferenceAdapter):
    async def run(self, built, pipeline, request):
        return replace(await super().run(built, pipeline, request), error=None)


class LetsExceptionsEscape(ReferenceAdapter):
    async def run(self, built, pipeline, request):
        result = await super().run(built, pipeline, request)
        if result.error is not None:
            raise result.error
        return result


class GivesADictionary(ReferenceAdapter):
    async def run(self, built, pipeline, request):
        return {"ended": "completed"}


class SwallowsCancellation(ReferenceAdapter):
    async def run(self, built, pipeline, request):
        try:
            return await super().run(built, pipeline, request)
        except BaseException:  # noqa: BLE001 - this is what is wrong with it
            return RunResult(ended="cancelled")


class CallsEveryStatusOk(ReferenceAdapter):
    async def run(self, built, pipeline, request):
        result = await super().run(built, pipeline, request)
        stages = {n: StageResult(status=Status.OK, value=p.value) for n, p in result.stages.items()}
        return replace(result, stages=stages)


class MapsFailToOk(ReferenceAdapter):
    def build(self, pipeline, body):
        async def mapped(spec, call):
            outcome = await body(spec, call)
            fails = outcome is not None and outcome.status is Status.FAIL
            return Outcome(value=outcome.value) if fails else outcome

        return super().build(pipeline, mapped)


class TakesAnythingForAnOutput(ReferenceAdapter):
    def build(self, pipeline, body):
        async def lenient(spec, call):
            outcome = await body(spec, call)
            return Outcome() if outcome is not None and outcome.instead is not None else outcome

        return super().build(pipeline, lenient)


class CannotTakeNone(ReferenceAdapter):
    def build(self, pipeline, body):
        async def demanding(spec, call):
            outcome = await body(spec, call)
            return Outcome(value=outcome.value, status=outcome.status)

        return super().build(pipeline, demanding)


class SharesBuilds(ReferenceAdapter):
    def __init__(self):
        super().__init__()
        self.bodies = []

    def build(self, pipeline, body):
        self.bodies.append(super().build(pipeline, body))
        return self.bodies

    async def run(self, built, pipeline, request):
        return await super().run(built[-1], pipeline, request)


class EmitsNothing(ReferenceAdapter):
    def build(self, pipeline, body):
        self.emitted = None
        return super().build(pipeline, body)


class RefusesKeys(ReferenceAdapter):
    def build(self, pipeline, body):
        if pipeline.deduplicates:
            raise NotImplementedError("no keys here")
        return super().build(pipeline, body)


class MarksOutputs(ReferenceAdapter):
    def build(self, pipeline, body):
        async def marking(spec, call):
            outcome = await body(spec, call)
            return replace(outcome, value={**outcome.value, "mark": 1}) if outcome else None

        return super().build(pipeline, marking)


@pytest.mark.parametrize(
    ("adapter", "words"),
    [
        (NoDag, "does not offer the capability dag"),
        (CitesNothing, "has no citation"),
        (NamesNoComponent, "cannot be imported"),
        (CannotDescribe, "describe() raised OSError"),
        (Refuses, "refused a valid pipeline"),
        (InventsAnEnd, "ended is 'done'"),
        (NamesNoStage, "ended 'failed' in stage None, expected 'failed' in 'c'"),
        (LosesTheException, "does not lead to what the stage raised"),
        (LetsExceptionsEscape, "instead of giving a RunResult"),
        (GivesADictionary, "run() gave dict"),
        (SwallowsCancellation, "no CancelledError"),
        (CallsEveryStatusOk, "for a stage that ended <Status.SKIP"),
        (MapsFailToOk, "status fail: ended 'completed'"),
        (TakesAnythingForAnOutput, "something that is no output: ended 'completed'"),
        (CannotTakeNone, "stages that give nothing: ended 'failed'"),
        (SharesBuilds, "running the first of two builds called ['second']"),
        (MarksOutputs, "has added keys: ['mark']"),
        (through(lambda _s, c: replace(c, input={**c.input, "run": None})), "has no key 'run'"),
        (through(lambda _s, c: replace(c, input={"run": c.input["run"]})), "differs in ['nested'"),
        (through(lambda _s, c: replace(c, outputs={})), "got the outputs of []"),
        (through(lambda _s, c: replace(c, identity=None)), "identity: stage a was told None"),
        (through(lambda _s, c: replace(c, merged=None)), "is not handed over"),
        (through(lambda _s, c: replace(c, redact=None)), "redaction is offered, and stage"),
        (through(lambda _s, c: replace(c, redact=str)), "redaction left 'Write to ada"),
        (through(lambda _s, c: replace(c, nest=None)), "got no way to run it"),
        (EmitsNothing, "no run emits any"),
        (RefusesKeys, "an idempotency key: "),
    ],
)
def test_a_wrong_adapter_is_told_what_is_wrong(adapter, words):
    problems = check_adapter(adapter())
    assert any(words in problem for problem in problems), problems


def test_the_reference_adapter_conforms():
    assert check_adapter(ReferenceAdapter()) == ()


def test_the_job_gives_the_problems_as_a_list():
    assert conformance.job(ReferenceAdapter(), {}, print) == []


def test_a_probe_that_hangs_is_a_problem(monkeypatch):
    class Hangs(ReferenceAdapter):
        async def run(self, built, pipeline, request):
            await super().run(built, pipeline, request)
            await conformance.asyncio.Event().wait()

    monkeypatch.setattr(conformance, "SECONDS_MAX", 0.01)
    assert any("nothing came back" in problem for problem in check_adapter(Hangs()))
