"""The JSON of spaces: a module for each subject."""
