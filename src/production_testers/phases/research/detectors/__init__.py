"""One family of hazards a module; each detector takes a function and yields its hazards."""
