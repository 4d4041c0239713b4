-- name: get_approval_request(request_id, branch_id, vendor_id)^
-- One request; of a branch, and of a vendor's, where they are named.
select *
from approval_request_details
where
    id = :request_id
    and (:branch_id::bigint is null or branch_id = :branch_id)
    and (:vendor_id::uuid is null or vendor_id = :vendor_id);

-- name: insert_approval_request(kind, branch_id, vendor_service_id, requested_capacity, reason, submitted_by)$
-- Ask for something; gives the request's id. The branch is locked.
insert into approval_requests (kind, branch_id, vendor_service_id, requested_capacity, reason, submitted_by)
values (:kind, :branch_id, :vendor_service_id, :requested_capacity, :reason, :submitted_by)
returning id;

-- name: mark_approval_request_decided(request_id, status, review_note, reviewed_by)!
-- Decide a request that nobody has decided; of two who do, the second changes nothing.
update approval_requests
set
    status = :status,
    review_note = :review_note,
    reviewed_by = :reviewed_by,
    decided_at = now()
where id = :request_id and status = 'PENDING';

-- name: delete_approval_requests_of_vendor_service(vendor_service_id)!
-- Remove what was asked for an offering that goes. It is locked.
delete from approval_requests
where vendor_service_id = :vendor_service_id;

-- name: list_approval_requests_by_created_at_desc(after_key, after_id, limit, status, kind, branch_id, vendor_id)
-- Requests, newest first; of a branch, and of a vendor's, where they are named.
select *
from approval_request_details
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:status::approval_status is null or status = :status)
    and (:kind::approval_kind is null or kind = :kind)
    and (:branch_id::bigint is null or branch_id = :branch_id)
    and (:vendor_id::uuid is null or vendor_id = :vendor_id)
order by created_at desc, id desc
limit :limit;

-- name: list_approval_requests_by_created_at(after_key, after_id, limit, status, kind, branch_id, vendor_id)
-- Requests, oldest first; of a branch, and of a vendor's, where they are named.
select *
from approval_request_details
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (:status::approval_status is null or status = :status)
    and (:kind::approval_kind is null or kind = :kind)
    and (:branch_id::bigint is null or branch_id = :branch_id)
    and (:vendor_id::uuid is null or vendor_id = :vendor_id)
order by created_at, id
limit :limit;

-- name: count_approval_requests(status, kind, branch_id, vendor_id)$
-- How many rows these lists have in all.
select count(*)
from approval_request_details
where
    (:status::approval_status is null or status = :status)
    and (:kind::approval_kind is null or kind = :kind)
    and (:branch_id::bigint is null or branch_id = :branch_id)
    and (:vendor_id::uuid is null or vendor_id = :vendor_id);
