"""The only package that knows stageflow."""

from production_testers.suts.stageflow.adapter import StageflowAdapter

__all__ = ["StageflowAdapter"]
