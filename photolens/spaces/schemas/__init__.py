"""The JSON of spaces, in and out: a module for each subject."""
