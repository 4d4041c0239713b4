"""The HTTP of classes: a module for each subject."""
