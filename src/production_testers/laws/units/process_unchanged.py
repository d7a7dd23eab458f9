"""Calls leave the process and the files of whoever uses a unit as they were."""

from production_testers.laws.law import ANY_UNIT, Category, Judgement, Law
from production_testers.laws.lifecycle.process_unchanged import CLASSES
from production_testers.laws.lifecycle.process_unchanged import check as check_process
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.target import TARGET


def check(observation: Observation) -> Verdict:
    """Nothing is judged of an application: it owns its process, and a framework is its guest."""
    usage = observation.scenario.usage
    if usage is not None and usage.unit == TARGET:
        return Judgement().verdict()
    return check_process(observation)


LAW = Law(
    id="units/process-unchanged",
    statement="When all calls have ended, the environment, working folder, locale, import path,"
    " signal handlers, root logger and tracing of their process are as before, and no file was"
    " written that nobody named.",
    category=Category.RELIABILITY,
    capability=Capability.UNITS,
    units=ANY_UNIT,
    classes=CLASSES,
    check=check,
)
