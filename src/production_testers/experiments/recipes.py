"""The recipes: what each roadmap entry needs, in scenarios, laws, plan and data.

An entry without a recipe of its own runs the general scenarios under the general laws, and is
*inconclusive* at best: the risk that it names was not exercised.
"""

from dataclasses import replace

from production_testers.experiments.families import RECIPES as OF_FAMILIES
from production_testers.experiments.family_data import data_for
from production_testers.experiments.recipe import (
    BURST_SCHEDULES,
    DEEP_SCHEDULES,
    GUARD_SCHEDULES,
    HEAVY_SCHEDULES,
    LOAD_SCHEDULES,
    NOTES_SCHEDULES,
    UNIT_SCHEDULES,
    LoadGoal,
    Recipe,
    Requirement,
)
from production_testers.laws.target.keeps_nothing import REQUESTS
from production_testers.model.scenario import Kind

GENERAL = Recipe(name="general")

TARGET = Recipe(
    name="target",
    units=("target",),
    schedules={kind: 100 if kind is Kind.BASELINE else 150 for kind in Kind},
    cost_sizes={REQUESTS: (1_200, 1_500)},
    question="Does the team's own application do what it must when the world misbehaves?",
    requires=(
        Requirement(
            law="target/as-alone",
            minimum=300,
            why="requests at the same time must be answered as they are alone",
        ),
    ),
)
"""For a team's own application, whatever the entry."""

RECIPES: dict[str, Recipe] = {
    **OF_FAMILIES,
    "CORE-001": Recipe(
        name="CORE-001",
        question="Do the outputs of parallel branches reach the join and the result complete and"
        " unmixed, whatever the timing?",
        requires=(
            Requirement(
                law="merge/timing-independent",
                minimum=100,
                why="equal branches that end in different orders must merge to the same value",
            ),
            Requirement(
                law="dag/outputs-delivered",
                minimum=1_000,
                why="the join must see what every branch gave",
            ),
            Requirement(
                law="dag/outputs-in-result",
                minimum=1_000,
                why="the result must hold what every branch gave",
            ),
        ),
    ),
    "CORE-002": Recipe(
        name="CORE-002",
        schedules=HEAVY_SCHEDULES,
        question="Do more than 100 MB reach the next stages whole, and does the run complete?",
        requires=(
            Requirement(
                law="scale/large-context",
                minimum=5,
                why="runs whose stages hand on 100 MB and more must complete",
            ),
            Requirement(
                law="dag/outputs-delivered",
                minimum=20,
                why="stages must receive 100 MB and more as they were given",
            ),
        ),
    ),
    "CORE-005": Recipe(
        name="CORE-005",
        cost_sizes=dict.fromkeys(
            (
                "runs_completed",
                "runs_failed",
                "runs_cancelled",
                "runs_given_up",
                "runs_nested",
            ),
            (250, 500, 1_000),
        ),
        question="Is the memory of a run released when it ends, however it ends?",
        requires=(
            Requirement(
                law="cost/kept-per-run",
                minimum=4,
                why="what is kept after a thousand runs must be what was kept after five hundred",
            ),
        ),
    ),
    "CORE-006": Recipe(
        name="CORE-006",
        data="tenants",
        question="Do the stages of nested pipelines work for the right request, with its input?",
        requires=(
            Requirement(
                law="nesting/context-inherited",
                minimum=1_000,
                why="identity must be handed down to every stage of a nested pipeline",
            ),
            Requirement(
                law="dag/outputs-delivered",
                minimum=1_000,
                why="the input must be handed down, and outputs handed back",
            ),
        ),
    ),
    "CORE-008": Recipe(
        name="CORE-008",
        question="Does what one stage writes reach another one that reads at the same time?",
        requires=(
            Requirement(
                law="isolation/inputs-immutable",
                minimum=100,
                why="what a stage writes into its input must be seen by nobody else",
            ),
            Requirement(
                law="isolation/inputs-stable",
                minimum=100,
                why="a stage's input must not change while others write",
            ),
        ),
    ),
    "CORE-010": Recipe(
        name="CORE-010",
        data="tenants",
        question="Does anything of one tenant reach another tenant's run?",
        requires=(
            Requirement(
                law="isolation/tenants",
                minimum=1_000,
                why="runs of several tenants overlap in one built pipeline, each with a secret",
            ),
            Requirement(
                law="isolation/concurrent-runs",
                minimum=1_000,
                why="a tenant's run must not be stopped by another tenant's",
            ),
        ),
    ),
    "DAG-005": Recipe(
        name="DAG-005",
        schedules=DEEP_SCHEDULES,
        cost_sizes={"fan_out": (250, 500, 1_000)},
        question="Can 500 and more parallel stages be executed, and at what cost?",
        requires=(
            Requirement(
                law="scale/width", minimum=10, why="500 and more parallel stages must complete"
            ),
            Requirement(
                law="cost/operations-per-stage",
                minimum=1,
                why="the work of one stage must not grow with the number of stages",
            ),
        ),
    ),
    "DAG-006": Recipe(
        name="DAG-006",
        schedules=DEEP_SCHEDULES,
        cost_sizes={"chain": (500, 1_000, 2_000)},
        question="Can a thousand and more stages in a row be executed, and at what cost?",
        requires=(
            Requirement(
                law="scale/depth", minimum=4, why="chains of 1,000 and more stages must complete"
            ),
            Requirement(
                law="cost/operations-per-stage",
                minimum=1,
                why="the work of one stage must not grow with the number of stages",
            ),
        ),
    ),
    "DAG-008": Recipe(
        name="DAG-008",
        question="Do exactly the stages of the chosen branches run?",
        requires=(
            Requirement(
                law="routing/skip-requests",
                minimum=200,
                why="branches that a router excludes must not run, the others must",
            ),
        ),
    ),
    "DAG-009": Recipe(
        name="DAG-009",
        question="Are hung stages stopped in time, and does cancellation reach everything?",
        requires=(
            Requirement(
                law="timing/timeout-enforced",
                minimum=100,
                why="stages that hang or are too slow must be stopped by their time-out",
            ),
            Requirement(
                law="lifecycle/nothing-left-running",
                minimum=500,
                why="after a time-out, a failure or a cancellation nothing may go on running",
            ),
        ),
    ),
    "DAG-010": Recipe(
        name="DAG-010",
        schedules=BURST_SCHEDULES,
        question="Does a run end as it would alone when a burst of runs shares the process?",
        requires=(
            Requirement(
                law="scale/bursts",
                minimum=1_000,
                why="runs of bursts of 50 and more must not be left waiting",
            ),
            Requirement(
                law="isolation/concurrent-runs",
                minimum=5_000,
                why="runs of a burst must neither see nor stop each other",
            ),
        ),
    ),
    "CONTRACT-003": Recipe(
        name="CONTRACT-003",
        question="Is what a run hands back when it fails or is cancelled what its stages gave?",
        requires=(
            Requirement(
                law="contract/partial-output",
                minimum=50,
                why="the results of runs that did not complete must be true",
            ),
            Requirement(
                law="dag/failed-dependants",
                minimum=50,
                why="nothing may be done with the output of a stage that failed",
            ),
        ),
    ),
    "GUARD-003": Recipe(
        name="GUARD-003",
        schedules=GUARD_SCHEDULES,
        data="messages",
        question="Does redaction hide at least 99 % of each kind of personal data that it names?",
        requires=(
            Requirement(
                law="guard/redaction-recall",
                minimum=100,
                why="recall must be measured on at least a hundred of each kind",
            ),
        ),
    ),
    "HEALTH-002": Recipe(
        name="HEALTH-002",
        schedules=NOTES_SCHEDULES,
        data="patients",
        question="Does redaction hide at least 99.9 % of the identifiers in clinical notes that are"
        " of kinds that it names?",
        requires=(
            Requirement(
                law="guard/phi-recall",
                minimum=20,
                why="recall must be measured on at least a thousand identifiers, twenty times",
            ),
        ),
    ),
    "CORE-004": Recipe(
        name="CORE-004",
        schedules=UNIT_SCHEDULES,
        units=("snapshot",),
        question="Does a snapshot come back from JSON as it was, and stay as it is?",
        requires=(
            Requirement(
                law="context/snapshot",
                minimum=1_000,
                why="snapshots of every part, with hostile values, must come back equal",
            ),
        ),
    ),
    "DAG-002": Recipe(
        name="DAG-002",
        schedules=UNIT_SCHEDULES,
        units=("builder", "lint"),
        question="Is exactly what cannot run refused, before anything runs?",
        requires=(
            Requirement(
                law="lint/faults",
                minimum=1_000,
                why="a look before building must find the same faults",
            ),
            Requirement(
                law="building/possible",
                minimum=1_000,
                why="loops, unknown names and names used twice must be refused, and nothing else",
            ),
        ),
    ),
    "WORK-001": Recipe(
        name="WORK-001",
        schedules=UNIT_SCHEDULES,
        units=("task_group", "cleanup", "cancel_signal"),
        question="Does everything stop and clean up when work is cancelled?",
        requires=(
            Requirement(
                law="concurrency/task-group",
                minimum=500,
                why="when one fails or the caller gives up, the others must stop and be cleaned up",
            ),
            Requirement(
                law="cancellation/cleanup",
                minimum=500,
                why="clean-ups must be executed once each, in order, in time",
            ),
            Requirement(
                law="cancellation/token",
                minimum=500,
                why="everybody who listens must be told of a cancellation",
            ),
        ),
    ),
    "WORK-005": Recipe(
        name="WORK-005",
        schedules=UNIT_SCHEDULES,
        units=("circuit_breaker",),
        question="Does a circuit breaker open, probe and close when it says?",
        requires=(
            Requirement(
                law="circuit-breaker/states",
                minimum=1_000,
                why="each call must be executed or refused as the failures before it say",
            ),
        ),
    ),
    "ENRICH-005": Recipe(
        name="ENRICH-005",
        schedules=UNIT_SCHEDULES,
        units=("idempotent_calls",),
        question="Is a source asked once by simultaneous calls for the same thing?",
        requires=(
            Requirement(
                law="idempotency/once",
                minimum=1_000,
                why="simultaneous and later calls of a key must be answered by one execution",
            ),
        ),
    ),
    "WORK-004": Recipe(
        name="WORK-004",
        schedules=UNIT_SCHEDULES,
        units=("retry",),
        question="Do retries try as often as they say, after the pauses that they say?",
        requires=(
            Requirement(
                law="retry/attempts",
                minimum=1_000,
                why="attempts and the pauses between them must be as stated",
            ),
        ),
    ),
    "WORK-002": Recipe(
        name="WORK-002",
        data="transfers",
        question="Does a request that is sent again have its effect once?",
        requires=(
            Requirement(
                law="effects/once-per-key",
                minimum=300,
                why="the same request, sent again while it runs and later, must act once",
            ),
        ),
    ),
    "WORK-006": Recipe(
        name="WORK-006",
        data="transfers",
        question="Is what was accepted done once, when a process fails, is stopped or is killed in"
        " the middle of it and another one goes on?",
        experiments=(Kind.RECOVERY,),
        requires=(
            Requirement(
                law="recovery/restored",
                minimum=50,
                why="what follows faults within one process must be as before them, too",
            ),
        ),
    ),
    "OBS-001": Recipe(
        name="OBS-001",
        data="tenants",
        question="Does every event that the framework emits say which request it belongs to?",
        requires=(
            Requirement(
                law="observability/events-correlated",
                minimum=500,
                why="events must be found by the request id of their run",
            ),
        ),
    ),
    "TRANSFORM-002": Recipe(
        name="TRANSFORM-002",
        schedules=UNIT_SCHEDULES,
        units=("chunk_queue",),
        question="Do records that are handed from stage to stage come out in the order of coming?",
        requires=(
            Requirement(
                law="streaming/queue",
                minimum=1_000,
                why="every record must come out once and in order, whoever produces and consumes",
            ),
        ),
    ),
    "TRANSFORM-006": Recipe(
        name="TRANSFORM-006",
        schedules=UNIT_SCHEDULES,
        units=("delta", "timestamps"),
        question="Do dates, numbers and text come back as they were written?",
        requires=(
            Requirement(
                law="values/timestamps",
                minimum=1_000,
                why="moments written in every promised form must be read as those moments",
            ),
            Requirement(
                law="values/delta",
                minimum=1_000,
                why="numbers, flags and text must come back from a difference as they were",
            ),
        ),
    ),
    "OBS-004": Recipe(
        name="OBS-004",
        schedules=UNIT_SCHEDULES,
        units=("event_sink",),
        question="Do callers go on unhurt when the receiver of events is slow or fails, and does"
        " what was taken arrive?",
        requires=(
            Requirement(
                law="sinks/pressure",
                minimum=1_000,
                why="slow and failing receivers must not reach the callers",
            ),
            Requirement(
                law="sinks/delivery",
                minimum=1_000,
                why="what was taken must arrive, also when the sink is stopped",
            ),
        ),
    ),
    "OBS-005": Recipe(
        name="OBS-005",
        schedules=UNIT_SCHEDULES,
        units=("batch_exporter", "event_sink", "fan_out"),
        question="Is every event that was taken written, or its loss told?",
        requires=(
            Requirement(
                law="exporting/fan-out",
                minimum=1_000,
                why="a place that fails must not cost the others their events",
            ),
            Requirement(
                law="exporting/batches",
                minimum=1_000,
                why="what an exporter has taken must be written, also at its end",
            ),
            Requirement(
                law="sinks/delivery",
                minimum=1_000,
                why="what a sink has taken must be handed on, also at its end",
            ),
        ),
    ),
    "FIN-001": Recipe(
        name="FIN-001",
        schedules=LOAD_SCHEDULES,
        data="transactions",
        question="Does every payment get the decision that the rules give, at a concurrency of"
        " 100? (`ptest load FIN-001` makes the load of 5,000 a second; here 100 runs of 10"
        " payments overlap.)",
        load=LoadGoal(
            rate_tps=5_000,
            concurrency=100,
            duration_s=300,
            data=("transactions", "valid", 10_000),
            field="payments",
        ),
        requires=(
            Requirement(
                law="dag/result-as-reference",
                minimum=2_000,
                why="every decision must be the one that the rules give",
            ),
            Requirement(
                law="isolation/concurrent-runs",
                minimum=5_000,
                why="a payment's decision must not depend on the others",
            ),
        ),
    ),
    "HEALTH-001": Recipe(
        name="HEALTH-001",
        data="patients",
        question="Does patient data stay out of logs, events and error messages, and in its own"
        " hospital's runs?",
        requires=(
            Requirement(
                law="privacy/nothing-personal-told",
                minimum=1_000,
                why="nothing personal may stand in what the framework says of its own accord",
            ),
            Requirement(
                law="isolation/tenants",
                minimum=1_000,
                why="no patient's data may reach another hospital's run",
            ),
        ),
    ),
    "CONTRACT-001": Recipe(
        name="CONTRACT-001",
        schedules=UNIT_SCHEDULES,
        units=("typed_output",),
        question="Is an output that does not fit its stated shape refused where it is made?",
        requires=(
            Requirement(
                law="contracts/typed",
                minimum=1_000,
                why="outputs that fit and that do not must be told apart where they are made",
            ),
        ),
    ),
    "CONTRACT-008": Recipe(
        name="CONTRACT-008",
        schedules=UNIT_SCHEDULES,
        units=("guard_retry",),
        question="Does every attempt see the inputs of the first, and does only what every guard"
        " has seen go on?",
        requires=(
            Requirement(
                law="guarded/drafts",
                minimum=1_000,
                why="drafts must be made anew from what the first was made from",
            ),
        ),
    ),
    "LLM-CONTEXT-001": Recipe(
        name="LLM-CONTEXT-001",
        schedules=UNIT_SCHEDULES,
        units=("token_budget",),
        question="Is a context never filled beyond its budget, and told what was cut?",
        requires=(
            Requirement(
                law="budget/tokens",
                minimum=1_000,
                why="what does not fit must be refused, and what is cut must be told",
            ),
        ),
    ),
    "CONTRACT-007": Recipe(
        name="CONTRACT-007",
        schedules=UNIT_SCHEDULES,
        units=("contracts", "documentation"),
        question="Is a version that breaks readers or writers of an older one said to be breaking,"
        " and does the release accept what it documents?",
        requires=(
            Requirement(
                law="documentation/true",
                minimum=1_000,
                why="modules, parameters and examples that are documented must be there",
            ),
            Requirement(
                law="contracts/compatibility",
                minimum=500,
                why="versions that differ in a field must be called what they are",
            ),
            Requirement(
                law="contracts/registry",
                minimum=500,
                why="a registered version must stay what it is",
            ),
        ),
    ),
    "GUARD-001": Recipe(
        name="GUARD-001",
        schedules=UNIT_SCHEDULES,
        data="tenants",
        units=(
            "guard_stage",
            "sign_in",
            "tenancy",
            "tools",
        ),
        question="Does work behind a guard, a token, a tenant's boundary or an approval wait for"
        " them?",
        requires=(
            Requirement(
                law="guard/stage",
                minimum=500,
                why="a guard must let nothing through that a check finds",
            ),
            Requirement(
                law="auth/sign-in",
                minimum=300,
                why="work behind a token must not start before it was found valid",
            ),
            Requirement(
                law="auth/tenancy",
                minimum=300,
                why="what is behind a tenant's boundary must not be touched from outside",
            ),
            Requirement(
                law="tools/gates",
                minimum=400,
                why="a tool must wait for its mode and a person's approval",
            ),
        ),
    ),
    "GUARD-002": Recipe(
        name="GUARD-002",
        schedules=UNIT_SCHEDULES,
        data="messages",
        units=("guard_stage",),
        question="Does a guard whose check crashes let nothing through?",
        requires=(
            Requirement(
                law="guard/stage",
                minimum=1_000,
                why="checks crash in every tenth text, and nothing may pass then",
            ),
        ),
    ),
    "GUARD-004": Recipe(
        name="GUARD-004",
        schedules=UNIT_SCHEDULES,
        data="messages",
        units=(
            "guard_checks",
            "untrusted_text",
        ),
        question="Are injections by users found, and what tools bring kept apart from"
        " instructions?",
        requires=(
            Requirement(
                law="guard/checks",
                minimum=300,
                why="the injections that are named must be found in any case and surroundings",
            ),
            Requirement(
                law="agents/untrusted",
                minimum=1_000,
                why="what a user or a tool wrote must stay inside its marks",
            ),
        ),
    ),
    "GUARD-006": Recipe(
        name="GUARD-006",
        schedules=UNIT_SCHEDULES,
        data="messages",
        units=("guard_checks",),
        question="Is what is blocked in plain letters blocked in disguise?",
        requires=(
            Requirement(
                law="guard/disguises",
                minimum=200,
                why="digits for letters, invisible, alike and wide letters must not hide anything",
            ),
        ),
    ),
    "WORK-003": Recipe(
        name="WORK-003",
        schedules=UNIT_SCHEDULES,
        units=(
            "diff",
            "tools",
            "undo_store",
        ),
        question="Can what was done be undone: kept, for as long as promised, once? (Callers ask"
        " for it; a framework that compensates of its own accord is asked nothing more.)",
        requires=(
            Requirement(
                law="tools/undo",
                minimum=300,
                why="an action that can be undone must be, when asked, once",
            ),
            Requirement(
                law="undo-store/entries",
                minimum=700,
                why="what an undo needs must be there until its time is over",
            ),
            Requirement(
                law="diff/texts",
                minimum=300,
                why="a recorded change must restore a text",
            ),
            Requirement(
                law="diff/patches",
                minimum=300,
                why="a recorded change must restore a document",
            ),
        ),
    ),
    "AGENT-001": Recipe(
        name="AGENT-001",
        schedules=UNIT_SCHEDULES,
        units=("agent_loop", "agent_stage"),
        question="Does a loop of tool calls end within its turns, and does its stage say how?",
        requires=(
            Requirement(
                law="agents/stage",
                minimum=1_000,
                why="a stage whose agent never answers must say that it failed",
            ),
            Requirement(
                law="agents/loop",
                minimum=2_000,
                why="models that never answer must be stopped at the limit, others not before",
            ),
        ),
    ),
    "AGENT-002": Recipe(
        name="AGENT-002",
        schedules=UNIT_SCHEDULES,
        units=(
            "agent_loop",
            "tool_registry",
            "tools",
        ),
        question="Are the agent and its caller told of every tool that fails?",
        requires=(
            Requirement(
                law="agents/loop",
                minimum=500,
                why="the model and the caller must be told what came of each tool",
            ),
            Requirement(
                law="tools/answers",
                minimum=200,
                why="a tool that raises or refuses must be told as such",
            ),
            Requirement(
                law="tools/plans",
                minimum=200,
                why="a plan must count what failed",
            ),
            Requirement(
                law="tools/calls",
                minimum=500,
                why="a call that cannot be made must be said not to be",
            ),
        ),
    ),
    "AGENT-004": Recipe(
        name="AGENT-004",
        schedules=UNIT_SCHEDULES,
        data="tenants",
        units=(
            "agent_loop",
            "prompts",
            "structured_answers",
            "conversation_memory",
        ),
        question="Does anything of one conversation reach another one of the same agent?",
        requires=(
            Requirement(
                law="memory/conversation",
                minimum=500,
                why="sessions that are written and read at the same time must stay apart",
            ),
            Requirement(
                law="agents/loop",
                minimum=1_000,
                why="no model may be shown another caller's input",
            ),
            Requirement(
                law="agents/answers",
                minimum=1_000,
                why="no model may be shown another caller's question",
            ),
            Requirement(
                law="agents/prompts",
                minimum=500,
                why="each must get the prompt and the values that it asked for",
            ),
        ),
    ),
    "AGENT-005": Recipe(
        name="AGENT-005",
        schedules=UNIT_SCHEDULES,
        units=(
            "agent_loop",
            "tools",
        ),
        question="When an agent or a tool is interrupted, does anything of it go on?",
        requires=(
            Requirement(
                law="units/leaves-nothing",
                minimum=1_000,
                why="after a cancelled call none of its code may go on",
            ),
            Requirement(
                law="units/calls-end",
                minimum=1_000,
                why="a cancelled call must end",
            ),
        ),
    ),
    "AGENT-007": Recipe(
        name="AGENT-007",
        schedules=UNIT_SCHEDULES,
        units=(
            "approval",
            "tools",
        ),
        question="Is a person's approval waited for, and a refusal respected?",
        requires=(
            Requirement(
                law="approval/decisions",
                minimum=500,
                why="a wait must give the decision that was made, or say that there is none",
            ),
            Requirement(
                law="approval/final",
                minimum=100,
                why="a decision must stand",
            ),
            Requirement(
                law="tools/gates",
                minimum=500,
                why="a tool must not run before it was granted",
            ),
        ),
    ),
}


def recipe_for(entry_id: str) -> Recipe:
    """The entry's own recipe, or the general one with the data that fit the entry."""
    return RECIPES.get(entry_id) or replace(GENERAL, data=data_for(entry_id))
