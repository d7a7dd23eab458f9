"""A process beside the system under test, in that system's own environment.

The parent sends jobs (`package.module:function` and arguments) as framed JSON over pipes of
their own; the worker forks once a job, so that no job sees what an earlier one left in memory.
"""

from production_testers.experiments.worker.client import Worker, WorkerDiedError, Workers

__all__ = ["Worker", "WorkerDiedError", "Workers"]
