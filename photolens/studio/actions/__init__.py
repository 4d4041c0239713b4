"""Every write of the studio: one function per business event, one transaction each; a module for each subject."""
