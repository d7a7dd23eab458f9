"""What a framework says of itself."""
