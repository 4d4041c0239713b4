"""What the portal's screens show: a module for each subject."""
