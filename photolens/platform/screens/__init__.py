"""What one screen shows, gathered from several reads: a module for each."""
