"""A script that shows a defect with the framework and the standard library only."""
