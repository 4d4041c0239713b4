"""The JSON of the portal, in and out: a module for each subject."""
