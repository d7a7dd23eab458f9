"""Biotech: samples on plates, from their collection to the result."""
