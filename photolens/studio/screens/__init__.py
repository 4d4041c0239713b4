"""What one screen shows of more than one query: a module for each."""
