"""Every write of identity: one function per event, one transaction each; a module for each subject."""
