"""The HTTP of the portal: a module for each subject."""
