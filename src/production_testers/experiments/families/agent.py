"""Recipes of the family AGENT: loops, tools, sessions, approval."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs
from production_testers.laws.memory.session_size import TURNS

RECIPES = (
    Recipe(
        name="AGENT-001",
        schedules=UNIT_SCHEDULES,
        units=("agent_loop", "agent_stage"),
        question="Does a loop of tool calls end within its turns, and does its stage say how?",
        requires=needs(
            ("agents/stage", 1_000, "a stage whose agent never answers must say that it failed"),
            (
                "agents/loop",
                2_000,
                "models that never answer must be stopped at the limit, others not before",
            ),
        ),
    ),
    Recipe(
        name="AGENT-002",
        schedules=UNIT_SCHEDULES,
        units=(
            "agent_loop",
            "tool_registry",
            "tools",
        ),
        question="Are the agent and its caller told of every tool that fails?",
        requires=needs(
            ("agents/loop", 500, "the model and the caller must be told what came of each tool"),
            ("tools/answers", 200, "a tool that raises or refuses must be told as such"),
            ("tools/plans", 200, "a plan must count what failed"),
            ("tools/calls", 500, "a call that cannot be made must be said not to be"),
        ),
    ),
    Recipe(
        name="AGENT-003",
        schedules=UNIT_SCHEDULES,
        units=("conversation_memory",),
        cost_sizes={TURNS: (500, 1_000)},
        question="Does a session of 1,000 turns keep less than 5 MB, and give back the newest"
        " within the limits asked for?",
        requires=needs(
            ("memory/session-size", 1, "what a long session keeps must be counted"),
            ("memory/conversation", 500, "limits must be kept, and nothing lost"),
        ),
    ),
    Recipe(
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
        requires=needs(
            (
                "memory/conversation",
                500,
                "sessions that are written and read at the same time must stay apart",
            ),
            ("agents/loop", 1_000, "no model may be shown another caller's input"),
            ("agents/answers", 1_000, "no model may be shown another caller's question"),
            ("agents/prompts", 500, "each must get the prompt and the values that it asked for"),
        ),
    ),
    Recipe(
        name="AGENT-005",
        schedules=UNIT_SCHEDULES,
        units=(
            "agent_loop",
            "tools",
        ),
        question="When an agent or a tool is interrupted, does anything of it go on?",
        requires=needs(
            ("units/leaves-nothing", 1_000, "after a cancelled call none of its code may go on"),
            ("units/calls-end", 1_000, "a cancelled call must end"),
        ),
    ),
    Recipe(
        name="AGENT-006",
        schedules=UNIT_SCHEDULES,
        units=("agent_loop", "agent_stage", "child_runs"),
        question="Do several agents at once answer as fast as their models and tools, or say that"
        " they do not?",
        requires=needs(
            (
                "agents/time",
                500,
                "agents whose models and tools take less than a second must, too",
            ),
            ("agents/loop", 1_000, "those that never answer must say so when their turns are over"),
            ("spawning/children", 500, "agents that start others must learn how these end"),
        ),
    ),
    Recipe(
        name="AGENT-007",
        schedules=UNIT_SCHEDULES,
        units=(
            "approval",
            "tools",
        ),
        question="Is a person's approval waited for, and a refusal respected?",
        requires=needs(
            (
                "approval/decisions",
                500,
                "a wait must give the decision that was made, or say that there is none",
            ),
            ("approval/final", 100, "a decision must stand"),
            ("tools/gates", 500, "a tool must not run before it was granted"),
        ),
    ),
)
