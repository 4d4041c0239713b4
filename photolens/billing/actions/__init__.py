"""What happens in billing: a module for each subject."""
