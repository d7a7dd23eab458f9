"""Recipes of the family GUARD: what stands in front of work, and what it takes out."""

from production_testers.experiments.recipe import GUARD_SCHEDULES, UNIT_SCHEDULES, Recipe, needs
from production_testers.laws.guard.keeps_up import GUARDED

RECIPES = (
    Recipe(
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
        requires=needs(
            ("guard/stage", 500, "a guard must let nothing through that a check finds"),
            ("auth/sign-in", 300, "work behind a token must not start before it was found valid"),
            (
                "auth/tenancy",
                300,
                "what is behind a tenant's boundary must not be touched from outside",
            ),
            ("tools/gates", 400, "a tool must wait for its mode and a person's approval"),
        ),
    ),
    Recipe(
        name="GUARD-002",
        schedules=UNIT_SCHEDULES,
        data="messages",
        units=("guard_stage",),
        question="Does a guard whose check crashes let nothing through?",
        requires=needs(
            ("guard/stage", 1_000, "checks crash in every tenth text, and nothing may pass then"),
        ),
    ),
    Recipe(
        name="GUARD-003",
        schedules=GUARD_SCHEDULES,
        data="messages",
        question="Does redaction hide at least 99 % of each kind of personal data that it names?",
        requires=needs(
            (
                "guard/redaction-recall",
                100,
                "recall must be measured on at least a hundred of each kind",
            ),
        ),
    ),
    Recipe(
        name="GUARD-004",
        schedules=UNIT_SCHEDULES,
        data="messages",
        units=(
            "guard_checks",
            "untrusted_text",
        ),
        question="Are injections by users found, and what tools bring kept apart from"
        " instructions?",
        requires=needs(
            (
                "guard/checks",
                300,
                "the injections that are named must be found in any case and surroundings",
            ),
            ("agents/untrusted", 1_000, "what a user or a tool wrote must stay inside its marks"),
        ),
    ),
    Recipe(
        name="GUARD-005",
        data="messages",
        question="Does anything that a guard took out of a request stand in an event, a log record"
        " or an error message of the framework?",
        requires=needs(
            (
                "privacy/nothing-personal-told",
                2_000,
                "every request holds a mark that must not be told, also when its run fails",
            ),
        ),
    ),
    Recipe(
        name="GUARD-006",
        schedules=UNIT_SCHEDULES,
        data="messages",
        units=("guard_checks",),
        question="Is what is blocked in plain letters blocked in disguise?",
        requires=needs(
            (
                "guard/disguises",
                200,
                "digits for letters, invisible, alike and wide letters must not hide anything",
            ),
        ),
    ),
    Recipe(
        name="GUARD-007",
        schedules=UNIT_SCHEDULES,
        data="messages",
        units=("guard_checks", "guard_stage", "interceptors"),
        cost_sizes={
            f"{GUARDED}{check}": (5_000, 40_000) for check in ("personal", "injection", "words")
        },
        question="Does a guard take as long as its text is, and no longer, and does it find the"
        " same with many callers as with one?",
        requires=needs(
            ("guard/keeps-up", 3, "processor time must follow the length of the text"),
            ("guard/stage", 300, "with many at once, nothing may pass that a check finds"),
            ("interception/chain", 500, "what stands around every stage must stand around each"),
        ),
    ),
)
