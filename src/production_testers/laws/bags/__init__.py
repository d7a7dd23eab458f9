"""Laws about what the stages of a run share."""
