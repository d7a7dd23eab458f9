"""Limited contexts."""
