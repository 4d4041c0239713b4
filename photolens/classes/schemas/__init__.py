"""The JSON of classes, in and out: a module for each subject."""
