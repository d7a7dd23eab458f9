"""Why a mutant is missed, for those that are; `benchmarks/detection/mutants.py` prints it."""

WHY: dict[str, str] = {}
