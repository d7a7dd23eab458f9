"""Faults planted in stageflow-core 1.2.0 by changing one place of its source in memory.

Each set is a module with `MUTANTS`: `known` was written while laws were, `blind` before anybody
looked at what the laws catch. `benchmarks/detection/mutants.py` scores them.
"""
