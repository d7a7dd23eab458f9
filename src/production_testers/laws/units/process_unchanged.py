"""Calls leave the process and the files of whoever uses a unit as they were."""

from production_testers.laws.law import ANY_UNIT, Category, Law
from production_testers.laws.lifecycle.process_unchanged import CLASSES, check
from production_testers.model.semantics import Capability

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
