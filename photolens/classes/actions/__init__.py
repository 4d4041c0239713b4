"""The writes of classes, by subject."""
