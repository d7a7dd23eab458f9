"""Recipes of the family HEALTH: patients and what identifies them."""

from production_testers.experiments.recipe import NOTES_SCHEDULES, Recipe, needs

RECIPES = (
    Recipe(
        name="HEALTH-001",
        data="patients",
        question="Does patient data stay out of logs, events and error messages, and in its own"
        " hospital's runs?",
        requires=needs(
            (
                "privacy/nothing-personal-told",
                1_000,
                "nothing personal may stand in what the framework says of its own accord",
            ),
            ("isolation/tenants", 1_000, "no patient's data may reach another hospital's run"),
        ),
    ),
    Recipe(
        name="HEALTH-002",
        schedules=NOTES_SCHEDULES,
        data="patients",
        question="Does redaction hide at least 99.9 % of the identifiers in clinical notes that are"
        " of kinds that it names?",
        requires=needs(
            (
                "guard/phi-recall",
                20,
                "recall must be measured on at least a thousand identifiers, twenty times",
            ),
        ),
    ),
)
