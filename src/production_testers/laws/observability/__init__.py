"""Laws about what can be seen of a run."""
