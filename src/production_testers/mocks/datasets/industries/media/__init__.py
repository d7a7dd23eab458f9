"""Media: broadcasts with captions, rights and regions."""
