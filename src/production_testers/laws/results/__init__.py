"""Laws about what the caller of a run reads of its results."""
