"""What one screen shows, gathered from several reads of one snapshot: a module for each."""
