"""Credits' writes, by subject."""
