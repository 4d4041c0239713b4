"""The JSON of the studio, in and out: a module for each subject."""
