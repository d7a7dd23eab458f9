"""What the five kinds of pipelines are for, in words."""

from collections.abc import Mapping

from production_testers.model.scenario import Kind

KINDS: Mapping[Kind, str] = {
    Kind.BASELINE: "The happy path: the pipeline as it is meant to be used.",
    Kind.STRESS: "High load: many runs of one built pipeline overlap, with uneven latencies.",
    Kind.CHAOS: "Failure injection: stages raise, fail, stall or return nothing; callers give up.",
    Kind.ADVERSARIAL: (
        "Hostile use: stages write into what they received and use every status; tenants are mixed."
    ),
    Kind.RECOVERY: "After failures: a first wave of runs fails, a later one must complete.",
}
