"""What fills a run folder, one package a phase of the specification."""
