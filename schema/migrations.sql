-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', 'daa5a9b02483730c0c97961c92c69c0da1a9e3587059df6a282257224dacedca');
