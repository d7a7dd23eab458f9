"""What the five experiments measure: right frameworks hold, and each kind of wrong one does not."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from detection.executors import Planted, PlantedAdapter
from production_testers.experiments import workloads
from production_testers.experiments.chaos import at_service, at_stage
from production_testers.experiments.five import (
    DEFAULTS,
    Adversarial,
    Baseline,
    Chaos,
    Held,
    Steady,
    Stress,
    adversarial,
    guards,
)
from production_testers.experiments.five.adversarial import CANARIES, PROBES
from production_testers.experiments.five.ground import percentile, shown
from production_testers.laws import LAWS
from production_testers.mocks.datasets.attacks.success import KINDS, succeeded
from production_testers.model.fault_plan import When
from production_testers.model.scenario import Kind
from production_testers.model.verdict import State, Verdict
from production_testers.suts.reference import ReferenceAdapter
from production_testers.suts.reference.executor import StageFailedError

FEW = Adversarial(canaries=2, probes=3, exhaustion_chars=10_000, nested=20, victims=3)
RAISES = (at_stage("stage-raises", "ask", when=When(share=0.5)),)


class FailsEveryTenth(Planted):
    """Every tenth run of a process fails for no reason."""

    async def run(self) -> Mapping:
        self.built.kept.append(None)
        if len(self.built.kept) % 10 == 0:
            raise StageFailedError("ask", "no reason")
        return await super().run()


class NeverRecovers(Planted):
    """After a failure, every later run fails."""

    async def run(self) -> Mapping:
        if self.built.kept:
            raise StageFailedError("ask", "too many failures")
        try:
            return await super().run()
        except StageFailedError:
            self.built.kept.append(None)
            raise


class RecoversSlowly(Planted):
    """After a failure, runs are slow until a second has passed."""

    async def run(self) -> Mapping:
        now = asyncio.get_running_loop().time()
        if self.built.kept and now - self.built.kept[-1] < 1.0:
            await asyncio.sleep(0.1)
        try:
            return await super().run()
        except StageFailedError:
            self.built.kept.append(asyncio.get_running_loop().time())
            raise


class MixesTenants(Planted):
    """Stages are told of the tenant whose run came first."""

    async def _in_time(self, stage, call):
        self.built.identity = self.built.identity or self.identity
        return await super()._in_time(stage, replace(call, identity=self.built.identity))


class FailsBesideTheLarge(Planted):
    """Runs that come beside one with a large input fail."""

    async def run(self) -> Mapping:
        if len(str(self.input)) > 5_000:
            self.built.tripped = True
        elif self.built.tripped:
            raise StageFailedError("ask", "no room")
        return await super().run()


class RedactsHalf(Planted):
    """Redaction leaves every second text as it was."""

    async def run(self) -> Mapping:
        self.built.kept = []
        return await super().run()

    async def _in_time(self, stage, call):
        redact = call.redact

        def half(text):
            self.built.kept.append(None)
            return redact(text) if len(self.built.kept) % 2 else text

        return await super()._in_time(stage, replace(call, redact=half))


def test_every_kind_has_an_experiment_of_its_own():
    assert set(DEFAULTS) == set(Kind)
    assert len({type(one) for one in DEFAULTS.values()}) == len(Kind)


# ---------------------------------------------------------------------------------- baseline


def test_baseline_counts_what_happened(ground):
    done = Baseline(runs=4).perform(ground())
    assert done.held is Held.HELD
    figures = done.figures
    assert (figures["runs"], figures["ended_as_due"], figures["stage_executions"]) == (4, 4, 8)
    assert figures["service_calls"] == {"llm.chat": 4}
    assert figures["completed"]["count"] == 4
    assert figures["virtual_p50_ms"] > 0


def test_a_run_that_does_not_complete_is_told(ground):
    done = Baseline(runs=12).perform(ground(PlantedAdapter(FailsEveryTenth)))
    assert done.held is Held.NOT_HELD
    assert "1 of 12 runs did not complete." in done.reasons


def test_heavy_pipelines_run_less_often(ground):
    assert ground(RUNS_MAX=2).runs(50) == 2
    assert ground(pipeline=lambda: workloads.chain(1_000)).runs(50) == 3
    assert ground().runs(50) == 50


def test_the_same_seed_gives_the_same_figures(ground):
    for experiment in (Baseline(runs=3), Chaos(runs=9)):
        first, again, other = (
            experiment.perform(ground(seed=seed)).as_json() for seed in (1, 1, 2)
        )
        assert first == again
        assert first != other
    assert FEW.perform(ground()).as_json() == FEW.perform(ground()).as_json()


# ------------------------------------------------------------------------------------- chaos


def test_the_steady_state_is_there_before_and_after_and_not_in_between(ground):
    done = Chaos(runs=30, faults=RAISES).perform(ground())
    assert (done.held, done.reasons) == (Held.HELD, ())
    assert [row["steady"] for row in done.table] == [True, False, True]
    assert [row["phase"] for row in done.table] == ["before", "during", "after"]
    before, during, after = (row["completed"]["count"] for row in done.table)
    assert (before, after) == (10, 10)
    assert during == 10 - done.figures["faults_fired"]["stage-raises"]


def test_faults_that_never_fire_prove_nothing(ground):
    faults = (at_stage("stage-raises", "nobody"), at_service("http-503", "db"))
    done = Chaos(runs=9, faults=faults).perform(ground())
    assert done.held is Held.INCONCLUSIVE
    assert done.reasons == ("None of the 2 planned faults happened.",)
    assert Chaos(runs=9, faults=()).perform(ground()).held is Held.INCONCLUSIVE


def test_what_was_not_steady_before_proves_nothing(ground):
    done = Chaos(runs=30, faults=RAISES).perform(ground(PlantedAdapter(FailsEveryTenth)))
    assert done.held is Held.INCONCLUSIVE
    assert done.reasons[0] == "The steady state was not there before the faults."


def test_what_does_not_come_back_is_told(ground):
    done = Chaos(runs=30, faults=RAISES).perform(ground(PlantedAdapter(NeverRecovers)))
    assert done.held is Held.NOT_HELD
    assert done.reasons == ("The steady state did not come back after the faults.",)
    assert done.figures["restored_after_ms"] is None


@pytest.mark.parametrize(("within_ms", "held"), [(500, Held.NOT_HELD), (5_000, Held.HELD)])
def test_how_long_it_takes_to_come_back_is_measured(ground, within_ms, held):
    chaos = Chaos(runs=90, every_ms=60, faults=RAISES, restored_within_ms=within_ms)
    done = chaos.perform(ground(PlantedAdapter(RecoversSlowly)))
    assert done.held is held
    assert 500 < done.figures["restored_after_ms"] < 1_300


def test_what_steady_means_is_stated(ground):
    faults = (at_stage("stage-slow", ms=3),)
    patient = Chaos(runs=30, faults=faults, steady=Steady(slower_max=20.0)).perform(ground())
    strict = Chaos(runs=30, faults=faults).perform(ground())
    assert [row["steady"] for row in patient.table] == [True, True, True]
    assert [row["steady"] for row in strict.table] == [True, False, True]


# ------------------------------------------------------------------------------------ stress


def test_every_ladder_is_climbed(ground):
    stress = Stress(concurrency=(1, 4), payload_chars=(10,), fan_out=(3,), depth=(5,), executions=4)
    done = stress.perform(ground())
    assert done.held is Held.HELD
    assert [(row["what"], row["size"]) for row in done.table] == [
        ("concurrency", 1),
        ("concurrency", 4),
        ("payload_chars", 10),
        ("fan_out", 3),
        ("depth", 5),
    ]
    assert all(row["failed"] == 0 and row["per_s"] > 0 for row in done.table)
    assert (done.figures["concurrency_max"], done.figures["depth_max"]) == (4, 5)


def test_a_step_that_fails_is_told(ground):
    stress = Stress(concurrency=(1,), payload_chars=(), fan_out=(), depth=(), executions=10)
    done = stress.perform(ground(PlantedAdapter(FailsEveryTenth)))
    assert done.held is Held.NOT_HELD
    assert done.reasons == ("1 of 10 executions failed at concurrency 1.",)
    assert "concurrency_max" not in done.figures


def test_no_ladder_proves_nothing(ground):
    done = Stress(concurrency=(), payload_chars=(), fan_out=(), depth=()).perform(ground())
    assert done.held is Held.INCONCLUSIVE


# ------------------------------------------------------------------------------- adversarial


def test_attacks_on_what_is_right_do_not_succeed(ground):
    done = FEW.perform(ground())
    assert (done.held, done.figures["successes"]) == (Held.HELD, 0)
    by = {row["judged_by"]: row for row in done.table}
    assert set(by) == {
        "isolation/tenants",
        "privacy/nothing-personal-told",
        "identity of each stage",
        "auth/tenancy",
        "auth/sign-in",
        "tools/gates",
        "outcome",
    }
    assert all(row["of"] and row["high"] > 0 for row in done.table)


@pytest.mark.parametrize(
    ("execution", "attack"),
    [
        (MixesTenants, "a stage is told that it works for somebody else"),
        (FailsBesideTheLarge, "one huge request keeps others from completing"),
    ],
)
def test_an_attack_that_succeeds_is_counted(ground, execution, attack):
    done = FEW.perform(ground(PlantedAdapter(execution)))
    assert done.held is Held.NOT_HELD
    row = next(row for row in done.table if row["attack"] == attack)
    assert row["count"] > 0
    assert 0 < row["low"] < row["share"] <= row["high"]
    assert any(reason.startswith(attack) for reason in done.reasons)


def test_only_ways_to_break_a_law_that_exist_count_as_success():
    told = [(law, ways) for law, (ways, _) in CANARIES.items()]
    told += [(law, ways) for law, ways, _ in PROBES.values()]
    assert all(set(ways) <= set(LAWS[law].classes) for law, ways in told)


def test_being_kept_out_is_no_success_of_an_attacker(ground, monkeypatch):
    """A sign-in that refuses everybody breaks its law in another way."""
    real = adversarial.run_and_judge

    def refused(*arguments):
        judged = real(*arguments)
        verdict = Verdict(state=State.BROKEN, outcome_class="valid-kept-out", summary="kept out")
        if "auth/sign-in" in judged.verdicts:
            judged.verdicts["auth/sign-in"] = verdict
        return judged

    monkeypatch.setattr(adversarial, "run_and_judge", refused)
    done = FEW.perform(ground())
    (row,) = (row for row in done.table if row["judged_by"] == "auth/sign-in")
    assert (row["count"], row["of"]) == (0, 3)
    assert done.held is Held.HELD


def test_a_guard_is_measured_against_labels(ground):
    done = replace(FEW, canaries=1, probes=0, personal=60).perform(ground())
    assert done.held is Held.HELD
    rows = {(row["what"], row["kind"]): row for row in done.figures["guards"]}
    email = rows["PII", "email"]
    assert (email["count"], email["of"], email["claimed"]) == (60, 60, True)
    assert email["low"] < email["share"] == email["high"] == 1.0
    assert not rows["PHI", "NAME"]["claimed"]
    assert rows["innocent", "messages"]["of"] == 60


def test_a_guard_that_misses_half_is_under_its_target(ground):
    attack = replace(FEW, canaries=1, probes=0, personal=60)
    done = attack.perform(ground(PlantedAdapter(RedactsHalf)))
    assert done.held is Held.NOT_HELD
    told = [reason for reason in done.reasons if reason.startswith("PII, email: recall 30 of 60")]
    assert len(told) == 1
    assert "99.0% are asked for" in told[0]


def test_attacks_on_a_model_behind_a_guard_are_counted_by_family(ground):
    done = replace(FEW, canaries=1, probes=0, prompts=20).perform(ground())
    rows = {(row["what"], row["kind"]): row for row in done.figures["guards"]}
    assert {kind for what, kind in rows if what == "attack"} == set(guards.ATTACKS)
    assert all(row["of"] for row in rows.values())


def test_without_a_guard_every_attack_gets_what_it_wants(ground):
    adapter = ReferenceAdapter()
    sut = adapter.describe()
    unguarded = replace(sut, capabilities={})
    rows = guards.attacks(replace(ground(adapter), sut=unguarded), 10)
    assert {row.what for row in rows} == {"attack"}
    assert all(row.found.count == 0 and not row.claimed for row in rows)
    assert guards.personal(replace(ground(adapter), sut=unguarded), 10) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_obeys_does_what_every_label_asks_for(kind):
    wanted = {"kind": kind, "what": "7" if kind == "longer_than" else "CANARY-1"}
    assert succeeded(wanted, *guards.obeyed(wanted))


# ------------------------------------------------------------------------------------ shared


def test_a_percentile_is_a_value_that_was_seen():
    assert percentile([], 0.5) is None
    assert percentile([3.0], 0.95) == 3.0
    hundred = [float(n) for n in range(1, 101)]
    assert (percentile(hundred, 0.5), percentile(hundred, 0.95)) == (50.0, 95.0)
    assert percentile(hundred, 1.0) == 100.0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"count": 1, "of": 4, "low": 0.01, "high": 0.9}, "1 of 4 (1.0% to 90.0%)"),
        ({"count": 0, "of": 0, "low": 0.0, "high": 1.0}, "none of none"),
        ({"a": 1, "b": 2}, "a 1, b 2"),
        ({}, "none"),
        ([1, 2], "1, 2"),
        (True, "yes"),
        (None, "—"),
        (1_234, "1,234"),
        ("text", "text"),
    ],
)
def test_figures_in_words(value, words):
    assert shown(value) == words
