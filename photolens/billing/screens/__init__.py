"""What billing's screens show: a module for each subject."""
