"""The JSON and the forms of photos, in and out: a module for each subject."""
