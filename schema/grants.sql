-- What the application may do: read and write rows. Money that has moved is not changed and not taken back.

grant select, insert, update, delete on all tables in schema :"schema" to photolens_app;
grant usage on all sequences in schema :"schema" to photolens_app;

revoke update, delete on payments, payment_allocations, refunds from photolens_app;
-- What the provider makes of a refund that it was asked for.
grant update (status, stripe_refund_id) on refunds to photolens_app;

-- Nor are the books of credits.
revoke update, delete on credit_transactions, credit_lot_movements from photolens_app;
-- What was written of somebody who is to be forgotten.
grant update (reason) on credit_transactions to photolens_app;

-- What came for spaces stays on record, and so does what was told of it.
revoke delete on space_payments from photolens_app;
revoke update, delete on space_payment_events from photolens_app;

-- Who backs the database up, as its owner, notes it; the application only tells.
revoke insert, update, delete on database_backups from photolens_app;

-- Nor does it say which studios there are, or makes any.
revoke insert, update, delete on studios, studio_hosts from photolens_app;

-- Nor does it say which migrations there have been.
revoke insert, update, delete on schema_migrations from photolens_app;

-- The trail is written by the owner's trigger alone.
revoke insert, update, delete on audit_logs, audit_heads from photolens_app;

-- What is archived stays as it is; the owner's functions move rows there, and erase whom is to be forgotten.
revoke insert, update, delete on archived_audit_logs, archived_communication_logs, archived_stripe_events from photolens_app;
revoke insert, update, delete on archive_exports from photolens_app;
