"""The HTTP of identity: a module for each subject."""
