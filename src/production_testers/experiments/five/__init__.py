"""What each of the five kinds of pipelines measures: declared in its file, executed for a run."""

from production_testers.experiments.five.adversarial import Adversarial
from production_testers.experiments.five.baseline import Baseline
from production_testers.experiments.five.chaos import Chaos, Steady
from production_testers.experiments.five.ground import Experiment, Ground, Held, Measurement
from production_testers.experiments.five.recovery import Recovery
from production_testers.experiments.five.stress import Stress
from production_testers.model.scenario import Kind

DEFAULTS: dict[Kind, Experiment] = {
    Kind.BASELINE: Baseline(),
    Kind.STRESS: Stress(),
    Kind.CHAOS: Chaos(),
    Kind.ADVERSARIAL: Adversarial(),
    Kind.RECOVERY: Recovery(),
}
"""For files that declare no `EXPERIMENT`."""

__all__ = [
    "DEFAULTS",
    "Adversarial",
    "Baseline",
    "Chaos",
    "Experiment",
    "Ground",
    "Held",
    "Measurement",
    "Recovery",
    "Steady",
    "Stress",
]
