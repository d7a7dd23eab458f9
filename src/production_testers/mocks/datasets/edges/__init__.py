"""Generators of values at the edge of what is allowed, each with the property that it has."""
