-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', 'caa059bef510ef569e15d8724a8b684da72a2841a3085cc94bbeaa53864615c1');
