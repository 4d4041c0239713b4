-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', '0a29e29faaa6e3cc0c6c37a0ef99ef4d3719b3651d78d197a4ced326dfa8631c');
