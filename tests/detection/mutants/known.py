"""Mutants that were written while laws were."""

from detection.mutants.mutating import Mutant

MUTANTS = (
    Mutant(
        name="a retry is granted one attempt more",
        place="stageflow.pipeline.retry:RetryInterceptor._handle_retry",
        old="if attempt >= self.max_attempts - 1:",
        new="if attempt >= self.max_attempts:",
        recipe="WORK-004",
        difficulty="visible",
    ),
    Mutant(
        name="the pause between attempts is halved",
        place="stageflow.pipeline.retry:RetryInterceptor._calculate_delay",
        old="base_delay = min(base_delay, self.max_delay_ms)",
        new="base_delay = min(base_delay, self.max_delay_ms) // 2",
        recipe="WORK-004",
        difficulty="input",
    ),
)
