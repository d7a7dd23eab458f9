"""What people read of a run: the final report and the summary in its README."""
