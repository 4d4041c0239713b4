"""The writes of spaces, by subject."""
