"""A script that shows a defect without this package: the framework and the standard library only."""
