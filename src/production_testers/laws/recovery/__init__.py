"""Laws about what comes after a failure."""
