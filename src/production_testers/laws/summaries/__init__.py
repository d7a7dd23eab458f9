"""What is told of stages and runs when they have ended."""
