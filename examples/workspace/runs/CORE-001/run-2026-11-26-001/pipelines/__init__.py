"""The five pipelines of this run; each module draws its scenarios from a seeded generator."""
