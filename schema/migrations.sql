-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', '1f2ce3b3990a11429494647bff48cb84a3947d844a15473be19239075b7d6dd9');
