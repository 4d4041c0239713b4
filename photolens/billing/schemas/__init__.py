"""The JSON of billing: a module for each subject."""
