"""The JSON of the platform, in and out: a module for each subject."""
