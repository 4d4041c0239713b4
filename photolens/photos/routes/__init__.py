"""The HTTP of photos: a module for each subject."""
