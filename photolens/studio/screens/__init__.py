"""What one screen shows and more than one query tells: a module for each, read in one snapshot."""
