"""The reference executor: small, obviously right, and the control for every finding."""

from production_testers.suts.reference.adapter import ReferenceAdapter

__all__ = ["ReferenceAdapter"]
