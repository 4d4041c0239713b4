"""The platform's writes, by subject."""
