"""Billing's addresses: a module for each subject."""
