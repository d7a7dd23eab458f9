"""Laws about traces: which work belongs together."""
