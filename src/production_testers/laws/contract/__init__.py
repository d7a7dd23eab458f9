"""Laws about what a caller may rely on."""
