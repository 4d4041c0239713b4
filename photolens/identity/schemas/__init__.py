"""The JSON of identity: a module for each subject."""
