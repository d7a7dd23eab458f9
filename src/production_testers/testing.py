"""The public interface that run folders build on: pipelines, scenarios, workloads, and the lab.

Standard library only, so that the same files work in the worker beside any framework.
"""

from production_testers.experiments.chaos import at_service, at_stage, fault_plan, storm
from production_testers.experiments.five import (
    Adversarial,
    Baseline,
    Chaos,
    Recovery,
    Steady,
    Stress,
)
from production_testers.experiments.five.playing import play
from production_testers.experiments.lab import Lab, laws_of, needs_costs
from production_testers.experiments.regression import seen_in_target
from production_testers.experiments.session import one_run_a_session
from production_testers.experiments.stages import (
    carry,
    give,
    route,
    why_not_whole,
    work_in_steps,
)
from production_testers.experiments.started import find_neighbours
from production_testers.experiments.workloads import (
    BULK,
    CARRY,
    CHOOSE,
    COMPUTE,
    DECIDE_FRAUD,
    GIVE,
    REDACT,
    ROUTE,
    SELECT,
    STEPS,
    STRUCTURED,
    WEIGH,
    chain,
    choice,
    clinical,
    draw_target_usage,
    draw_usage,
    during,
    fan_out,
    faults,
    latencies,
    nest,
    pipeline_of,
    random_graph,
    records,
    requests,
    sent_again,
)
from production_testers.mocks.datasets import canary
from production_testers.model.canonical import digest
from production_testers.model.fault_plan import Burst, FaultPlan, Rule, When
from production_testers.model.pipeline import (
    Identity,
    Outcome,
    PipelineSpec,
    Port,
    StageKind,
    StageSpec,
    Status,
)
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
)
from production_testers.model.target import Target

find_neighbours()

__all__ = [
    "BULK",
    "CARRY",
    "CHOOSE",
    "COMPUTE",
    "DECIDE_FRAUD",
    "GIVE",
    "REDACT",
    "ROUTE",
    "SELECT",
    "STEPS",
    "STRUCTURED",
    "WEIGH",
    "Adversarial",
    "Baseline",
    "Burst",
    "Chaos",
    "Fault",
    "FaultKind",
    "FaultPlan",
    "Identity",
    "Kind",
    "Lab",
    "Latencies",
    "Outcome",
    "PipelineSpec",
    "Port",
    "Recovery",
    "Rule",
    "RunRequest",
    "Scenario",
    "StageKind",
    "StageSpec",
    "Status",
    "Steady",
    "Stress",
    "Target",
    "When",
    "at_service",
    "at_stage",
    "canary",
    "carry",
    "chain",
    "choice",
    "clinical",
    "digest",
    "draw_target_usage",
    "draw_usage",
    "during",
    "fan_out",
    "fault_plan",
    "faults",
    "give",
    "latencies",
    "laws_of",
    "needs_costs",
    "nest",
    "one_run_a_session",
    "pipeline_of",
    "play",
    "random_graph",
    "records",
    "requests",
    "route",
    "seen_in_target",
    "sent_again",
    "storm",
    "why_not_whole",
    "work_in_steps",
]
