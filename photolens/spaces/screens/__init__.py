"""What spaces came to, each screen read in one snapshot."""
