"""Endpoints: who is told of what happens; what they are sent again, and by which secret they know that it is ours."""

from typing import Any
from uuid import UUID

from photolens.database import Connection, Row, sql
from photolens.platform import rules
from photolens.platform.actions.webhook_sending import give_up_some, queue_sending
from photolens.preconditions import require_match
from photolens.problems import ILLEGAL_TRANSITION, found, invalid
from photolens.public_addresses import NotPublic, require_public_form
from photolens.sealing import current_seal
from photolens.standard_webhooks import new_secret

OVERLAP = 24 * 3600  # seconds that the secret before the present one signs as well


def create_endpoint(conn: Connection, wish: dict[str, Any]) -> Row:
    """Add an endpoint, which is told of what is committed from now on. Gives its secret as well, this once.

    Problems: `invalid`.
    """
    _require_public(wish["url"])
    secret = new_secret()
    with conn.transaction():
        endpoint_id = sql.platform.insert_webhook_endpoint(conn, **wish, secret=current_seal().seal(secret))
        return _endpoint(conn, endpoint_id) | {"secret": secret}


def update_endpoint(conn: Connection, endpoint_id: int, changes: dict[str, Any]) -> Row:
    """Change an endpoint. One that is switched on goes on where it was, but not with what is older than three days.

    Locks: the endpoint. Problems: `not_found`, `invalid`.
    """
    with conn.transaction():
        endpoint = _lock(conn, endpoint_id)
        require_match()
        changed = {**endpoint, **changes}
        _require_public(changed["url"])
        if changed != endpoint:
            columns = ("id", "url", "description", "event_types", "is_active")
            sql.platform.update_webhook_endpoint(conn, **{column: changed[column] for column in columns})
        if changed["is_active"] and not endpoint["is_active"]:
            _switch_on(conn, endpoint_id)
        return _endpoint(conn, endpoint_id)


def delete_endpoint(conn: Connection, endpoint_id: int) -> None:
    """Remove an endpoint, and all that it was told or is to be. Locks: the endpoint. Problems: `not_found`."""
    with conn.transaction():
        _lock(conn, endpoint_id)
        require_match()
        sql.platform.delete_webhook_endpoint(conn, endpoint_id=endpoint_id)


def rotate_secret(conn: Connection, endpoint_id: int) -> Row:
    """Give an endpoint another secret, which is shown this once; for a day the one before signs as well.

    Locks: the endpoint. Problems: `not_found`.
    """
    secret = new_secret()
    with conn.transaction():
        _lock(conn, endpoint_id)
        sealed = current_seal().seal(secret)
        sql.platform.update_webhook_endpoint_secret(conn, endpoint_id=endpoint_id, secret=sealed, overlap=OVERLAP)
        return _endpoint(conn, endpoint_id) | {"secret": secret}


def ping(conn: Connection, endpoint_id: int) -> Row:
    """Have an endpoint sent a `ping`. Locks: the endpoint. Problems: `not_found`, `illegal_transition`."""
    with conn.transaction():
        if not _lock(conn, endpoint_id)["is_active"]:
            raise ILLEGAL_TRANSITION("It is switched off.")
        delivery_id = sql.platform.insert_webhook_ping(conn, endpoint_id=endpoint_id)
        queue_sending(conn, endpoint_id)
        row: Row = sql.platform.get_webhook_delivery(conn, delivery_id=delivery_id)
        return row


def redeliver(conn: Connection, delivery_id: UUID) -> Row:
    """Send something again, under the same id. It neither waits for what else is to be told of its object, nor does
    that wait for it.

    Locks: the endpoint, then the delivery. Problems: `not_found`, `illegal_transition` for what waits anyway.
    """
    with conn.transaction():
        row = sql.platform.get_webhook_delivery(conn, delivery_id=delivery_id)
        endpoint_id = found(row, "delivery", delivery_id)["endpointId"]
        sql.platform.lock_webhook_endpoint(conn, endpoint_id=endpoint_id)
        delivery = found(sql.platform.lock_webhook_delivery(conn, delivery_id=delivery_id), "delivery", delivery_id)
        if delivery["status"] == "PENDING":
            raise ILLEGAL_TRANSITION("It is PENDING, and will be sent.")
        sql.platform.mark_webhook_delivery_pending(conn, delivery_id=delivery_id)
        queue_sending(conn, endpoint_id)
        pending: Row = sql.platform.get_webhook_delivery(conn, delivery_id=delivery_id)
        return pending


def _switch_on(conn: Connection, endpoint_id: int) -> None:
    sql.platform.update_webhook_progress_skipped(conn, endpoint_id=endpoint_id, longest=rules.LONGEST_RETRIED)
    while give_up_some(conn, endpoint_id):
        pass
    sql.platform.mark_webhook_deliveries_due(conn, endpoint_id=endpoint_id)
    queue_sending(conn, endpoint_id)


def _require_public(url: str) -> None:
    try:
        require_public_form(url)
    except NotPublic as fault:
        raise invalid("/url", f"is not sent to: {fault}") from None


def _lock(conn: Connection, endpoint_id: int) -> Row:
    row = sql.platform.lock_webhook_endpoint(conn, endpoint_id=endpoint_id)
    endpoint: Row = found(row, "webhook endpoint", endpoint_id)
    return endpoint


def _endpoint(conn: Connection, endpoint_id: int) -> Row:
    row: Row = sql.platform.get_webhook_endpoint(conn, endpoint_id=endpoint_id)
    return row


def reseal_secrets(conn: Connection) -> tuple[int, int]:
    """Seal the secrets of every endpoint anew, under the first key; gives of how many, and of how many it could not.

    Locks: the endpoints, by id.
    """
    seal = current_seal()
    resealed, unreadable = 0, 0
    with conn.transaction():
        for endpoint in sql.platform.lock_webhook_secrets(conn):
            secret, former = seal.reseal(endpoint["secret"]), endpoint["former_secret"]
            if secret is None:
                unreadable += 1
            else:
                sql.platform.update_webhook_secrets(
                    conn,
                    endpoint_id=endpoint["id"],
                    secret=secret,
                    former_secret=former and (seal.reseal(former) or former),
                )
                resealed += 1
    return resealed, unreadable
