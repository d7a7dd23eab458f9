"""Systems under test: the adapter contract, the reference executor, and one folder a framework."""
