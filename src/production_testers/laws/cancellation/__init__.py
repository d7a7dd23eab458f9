"""Laws about cancellation and about cleaning up."""
