"""Two sources for one field."""
