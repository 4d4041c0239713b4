"""Photo jobs' writes, by subject."""
