"""Spaces' addresses: a module for each subject."""
