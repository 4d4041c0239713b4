-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
('0001_baseline', '12bf47359eeb1c12ef0fe74c119601fbe1adec58318df38d184274bcc6e23f4e');
