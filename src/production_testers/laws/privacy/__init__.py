"""Laws about what must not be seen."""
