"""Laws about putting pipelines together."""
