"""Hostile records: confused schemas, injected instructions, disguises, broken encodings."""
