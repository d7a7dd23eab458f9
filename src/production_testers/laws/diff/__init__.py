"""Laws about differences: what is said to have changed makes the old into the new."""
