"""Laws about what a run leaves behind."""
