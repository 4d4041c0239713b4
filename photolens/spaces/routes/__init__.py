"""The HTTP of spaces: a module for each subject."""
