"""What vendors ask administrators for, and how it is decided: once, and with its effect in the same transaction."""

from typing import Any
from uuid import UUID

from photolens.access import current_caller
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.problems import found, invalid
from photolens.spaces import rules
from photolens.spaces.actions import branches, services
from photolens.spaces.problems import ALREADY_DECIDED


def request_approval(conn: Connection, vendor_id: UUID, branch_id: int, request: dict[str, Any]) -> Row:
    """Ask for another capacity, for a pause, or to be let in.

    Locks: the branch, then the offering. Problems: `not_found`, `request_pending`, `illegal_transition`, `invalid`.
    """
    with conn.transaction():
        branch = found(sql.spaces.lock_branch(conn, branch_id=branch_id, vendor_id=vendor_id), "branch", branch_id)
        if request["kind"] in rules.STATUS_ASKED_FOR:
            rules.require_branch_move(branch["status"], rules.STATUS_ASKED_FOR[request["kind"]])
        else:
            offering_id = request["vendor_service_id"]
            offering = sql.spaces.lock_vendor_service(conn, vendor_service_id=offering_id, vendor_id=vendor_id)
            if offering is None or offering["branch_id"] != branch_id:
                raise invalid("/vendorServiceId", "names nothing that is there")
            if offering["max_capacity"] == request["requested_capacity"]:
                raise invalid("/requestedCapacity", "is what it is already")
        request_id = sql.spaces.insert_approval_request(conn, branch_id=branch_id, submitted_by=vendor_id, **request)
        _record(conn, "APPROVAL_REQUESTED", branch, request["kind"])
        return _request(conn, request_id)


def approve(conn: Connection, request_id: int, note: str | None) -> Row:
    """Grant a request, and do what it asks for.

    More capacity raises the slots to come that stood at the old one; less lowers those that have more, but for what is
    held of them.

    Locks: the branch, of a capacity the offering, the request; then of a capacity the slots to come in order of time,
    of a pause the unpaid holds by id and their slots in order of time. Problems: `not_found`, `already_decided`,
    `units_held`, `illegal_transition`.
    """
    with conn.transaction():
        request = found(_request(conn, request_id), "request", request_id)
        branch = sql.spaces.lock_branch(conn, branch_id=request["branchId"], vendor_id=None)
        status = rules.STATUS_ASKED_FOR.get(request["kind"])
        if status is not None:
            _decide(conn, request_id, "APPROVED", note)
            branches.move(conn, branch, status, note)
        else:
            offering = services.lock(conn, None, request["vendorServiceId"])
            _decide(conn, request_id, "APPROVED", note)
            _change_capacity(conn, offering, request["requestedCapacity"])
        _record(conn, "APPROVAL_GRANTED", branch, request["kind"])
        return _request(conn, request_id)


def reject(conn: Connection, request_id: int, note: str | None) -> Row:
    """Turn a request down. Locks: the branch, then the request. Problems: `not_found`, `already_decided`."""
    with conn.transaction():
        request = found(_request(conn, request_id), "request", request_id)
        branch = sql.spaces.lock_branch(conn, branch_id=request["branchId"], vendor_id=None)
        _decide(conn, request_id, "REJECTED", note)
        _record(conn, "APPROVAL_REFUSED", branch, request["kind"])
        return _request(conn, request_id)


def _decide(conn: Connection, request_id: int, status: str, note: str | None) -> None:
    reviewed_by = current_caller().user_id
    is_decided = sql.spaces.mark_approval_request_decided(
        conn, request_id=request_id, status=status, review_note=note, reviewed_by=reviewed_by
    )
    if not is_decided:
        raise ALREADY_DECIDED("Somebody has decided it before, or it is gone.")


def _change_capacity(conn: Connection, offering: Row, capacity: int) -> None:
    """Give an offering, which is locked, another capacity, and its slots to come."""
    sql.spaces.update_capacity(conn, vendor_service_id=offering["id"], max_capacity=capacity)
    sql.spaces.lock_future_slots(conn, vendor_service_id=offering["id"])
    sql.spaces.update_capacity_of_slots(
        conn, vendor_service_id=offering["id"], present=offering["max_capacity"], approved=capacity
    )


def _record(conn: Connection, deed: str, branch: Row, kind: str) -> None:
    record_activity(conn, deed, "BRANCH", branch["id"], details={"name": branch["name"], "category": kind})


def _request(conn: Connection, request_id: int) -> Row:
    row: Row = sql.spaces.get_approval_request(conn, request_id=request_id, branch_id=None, vendor_id=None)
    return row
