"""Laws about time-outs."""
