"""Laws about runs that start other runs."""
