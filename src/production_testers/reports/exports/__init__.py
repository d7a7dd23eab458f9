"""Findings in the formats of other tools; pure: text in, text out."""
