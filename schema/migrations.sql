-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', 'e9263fd0b3831fac8bd5e16b19877f02bba940dbe5920cfd36b96c4896565770');
