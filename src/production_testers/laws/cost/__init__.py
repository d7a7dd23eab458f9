"""Laws about the work that execution costs, counted in operations."""
