-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', '7ec4b908262160705ea4c729fa007aec93534bc6fe18bfffc5d2dde36b7b754c');
