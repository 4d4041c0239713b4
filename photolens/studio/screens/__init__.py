"""What a screen shows, gathered from more than one query, all of one moment."""
