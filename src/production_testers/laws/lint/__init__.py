"""What is said of stages before they are built."""
