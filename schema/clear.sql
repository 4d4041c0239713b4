-- Take away everything that is Photolens's in this database: before a backup is put in its place, in the same transaction.
-- Extensions stay, and so does what belongs to others. Who still works here is waited for, but not for long.
set local lock_timeout = '10s';
drop owned by photolens_owner cascade;
