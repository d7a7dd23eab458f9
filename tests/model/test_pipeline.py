import pytest
from hypothesis import given
from hypothesis import strategies as st

from production_testers.model.errors import UsageError
from production_testers.model.pipeline import PipelineSpec, StageSpec
from production_testers.model.semantics import Capability


def stage(name, *after, **more):
    return StageSpec(name=name, function="m:f", after=after, **more)


def pipeline(*stages):
    return PipelineSpec(name="p", stages=stages)


DIAMOND = (
    stage("join", "left", "right"),
    stage("left", "top"),
    stage("right", "top"),
    stage("top"),
)


@st.composite
def pipelines(draw):
    size = draw(st.integers(1, 8))
    stages = []
    for index in range(size):
        after = draw(st.sets(st.integers(0, index - 1))) if index else set()
        stages.append(stage(f"s{index}", *(f"s{i}" for i in sorted(after))))
    return pipeline(*draw(st.permutations(stages)))


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ([stage("a", "c"), stage("b", "a"), stage("c", "b")], "'p' has a cycle through a, b, c"),
        ([stage("a", "a")], "cycle through a"),
        ([stage("a"), stage("b", "a", "x")], "Stage 'b' depends on 'x', which does not exist"),
        ([stage("a"), stage("a")], "'p' uses a stage name twice"),
    ],
)
def test_a_pipeline_that_cannot_run_is_a_usage_error_that_says_why(stages, message):
    with pytest.raises(UsageError, match=message) as caught:
        pipeline(*stages)
    assert caught.value.exit_code == 64


def test_only_the_stages_of_the_cycle_or_behind_it_are_named():
    with pytest.raises(UsageError) as caught:
        pipeline(stage("free"), stage("a", "b"), stage("b", "a"))
    assert "free" not in str(caught.value)


def test_dependencies_come_first_and_registration_order_breaks_ties():
    assert pipeline(*DIAMOND).topological_order() == ("top", "left", "right", "join")
    turned = pipeline(DIAMOND[0], DIAMOND[2], DIAMOND[1], DIAMOND[3])
    assert turned.topological_order() == ("top", "right", "left", "join")


def test_a_dependency_that_is_named_twice_counts_once():
    assert pipeline(stage("a"), stage("b", "a", "a")).topological_order() == ("a", "b")


def test_ancestors_are_everything_that_must_have_ended():
    assert pipeline(*DIAMOND).ancestors() == {
        "top": frozenset(),
        "left": {"top"},
        "right": {"top"},
        "join": {"top", "left", "right"},
    }


def test_dependants_of_a_removed_stage_inherit_its_dependencies():
    without = pipeline(*DIAMOND).without("left")
    assert without.stage("join").after == ("top", "right")
    assert [s.name for s in without.stages] == ["join", "right", "top"]


def test_an_inherited_dependency_is_not_doubled():
    chain = pipeline(stage("a"), stage("b", "a"), stage("c", "a", "b"))
    assert chain.without("b").stage("c").after == ("a",)


def test_a_root_can_be_removed():
    without = pipeline(*DIAMOND).without("top")
    assert without.stage("left").after == without.stage("right").after == ()


def test_there_is_no_stage_of_an_unknown_name():
    with pytest.raises(KeyError, match="nobody"):
        pipeline(*DIAMOND).stage("nobody")
    with pytest.raises(KeyError, match="nobody"):
        pipeline(*DIAMOND).without("nobody")


@given(pipelines())
def test_every_order_keeps_every_dependency(spec):
    order = spec.topological_order()
    assert sorted(order) == sorted(s.name for s in spec.stages)
    for name, before in spec.ancestors().items():
        assert before <= set(order[: order.index(name)])


@given(pipelines(), st.data())
def test_removing_a_stage_keeps_every_other_relation(spec, data):
    gone = data.draw(st.sampled_from([s.name for s in spec.stages]))
    before = spec.ancestors()
    after = spec.without(gone).ancestors()
    assert after == {name: found - {gone} for name, found in before.items() if name != gone}


def test_a_stage_runs_either_a_function_or_a_nested_pipeline():
    with pytest.raises(UsageError, match="Stage 'a' needs either a function or a nested pipeline"):
        StageSpec(name="a")
    with pytest.raises(UsageError, match="and not both"):
        StageSpec(name="a", function="m:f", nested=pipeline(*DIAMOND))


def test_a_pipeline_needs_what_its_stages_and_its_nested_pipelines_need():
    inner = PipelineSpec(name="inner", stages=(stage("x", skippable=True),), stage_timeout_ms=5.0)
    outer = pipeline(StageSpec(name="a", nested=inner), stage("b", "a"))
    assert pipeline(*DIAMOND).needs() == {Capability.DAG}
    assert outer.needs() == {
        Capability.DAG,
        Capability.NESTED_PIPELINES,
        Capability.SKIP_REQUEST,
        Capability.STAGE_TIMEOUT,
    }


def test_functions_and_last_stages_are_those_of_the_pipeline():
    outer = pipeline(
        StageSpec(name="a", nested=pipeline(StageSpec(name="x", function="m:inner"))),
        stage("b", "a"),
        stage("c", "a"),
    )
    assert outer.functions() == {"m:inner", "m:f"}
    assert outer.last() == ("b", "c")
