"""Retail: orders whose amounts, taxes and barcodes are right."""
