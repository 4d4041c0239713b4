-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', '7cbadf1a6273331f1fb2bc5609cbc0d20045814eb00a87d7c00a750454bd2cbc');
