"""Thirteen industries, each with records that agree with themselves and rules that say so."""
