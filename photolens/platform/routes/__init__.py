"""The HTTP of the platform: a module for each subject."""
