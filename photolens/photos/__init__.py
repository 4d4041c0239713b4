"""Photo jobs: photos and a prompt come in, the worker edits them, one ZIP goes out."""

BLUEPRINTS = ()
