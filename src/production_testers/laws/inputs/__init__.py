"""Laws about what a stage is given of its dependencies."""
