-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', '65f68087832f37828013f2e8a0e0a667477a3f20709a2afb008f85626235158a');
