"""The procedures of docs/operations.md, run as they stand there on a machine of their own: `.ci/operations`."""
