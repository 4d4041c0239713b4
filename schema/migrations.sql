-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', '088385b861ea0e424d9e595c9aea13768d8da54241ab9066e0a907936d62ca09');
