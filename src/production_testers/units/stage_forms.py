"""Stage forms: a stage is a class, a class with settings, an object of one, or a function."""

from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

FORMS = ("class", "class_with_settings", "object", "function")
MADE_ANEW = ("class", "class_with_settings")
"""Of these every run gets an object of its own."""

WORK = "work"
"""Label of what the stage does; it goes well."""


def draw(random: Random, kind: Kind) -> Usage:
    """Runs of one pipeline, one after the other and side by side."""
    form = random.choice(FORMS)
    setting: Json = random.randint(1, 9) if form in ("class_with_settings", "object") else 0
    calls = [
        drawing.call(
            client, number, "run",
            after_ms=random.choice((0.0, 0.0, 2.0)),
            works={WORK: (drawing.work(random, (), 0.0),)},
        )
        for client in range(drawing.clients(random, kind))
        for number in range(random.randint(1, 3))
    ]  # fmt: skip
    return Usage(
        unit="stage_forms", settings={"form": form, "setting": setting}, calls=tuple(calls)
    )


def accepts(usage: Usage) -> bool:
    """The form is one of those that are, and has a setting where it can have one."""
    form, setting = usage.settings["form"], usage.settings["setting"]
    can = form in ("class_with_settings", "object")
    works = [work for call in usage.calls for work in call.works.get(WORK, ())]
    return form in FORMS and bool(setting) == can and not any(work.raises for work in works)


UNIT = Unit(
    name="stage_forms",
    does="Executes a pipeline whose only stage is stated in one of several forms.",
    capability=Capability.STAGE_FORMS,
    operations={
        "run": Operation(
            does="Gives the `setting` that the stage was made with, 0 without one, and how many"
            " runs its object has `seen`, this one counted; a function has seen one.",
        )
    },
    draw=draw,
    accepts=accepts,
    fixed=("form", "setting"),
)
