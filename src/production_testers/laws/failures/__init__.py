"""What is still done after a failure."""
