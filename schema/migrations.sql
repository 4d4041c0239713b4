-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', 'a3ee5487eafd326ffea950b32f6e68563e458a76c396632e3df750b2af45a76a');
