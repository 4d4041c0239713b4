-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', '8cf885b9b8c4cf77be65bb2edb4a0cac29e260ff657867036615f1daa65677c1');
