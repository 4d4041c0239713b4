-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', '1901855afb5ac6a0322c24335c2edf0f013d80830ce780df6a116b803fcb60fd');
