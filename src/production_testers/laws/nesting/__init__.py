"""Laws about pipelines inside pipelines."""
