"""Laws about idempotent calls: one effect, one answer."""
