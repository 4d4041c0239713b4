"""What happens to a file of clients: all of it is taken, or none of it."""

from typing import Any

import psycopg

from photolens.csv_bodies import CsvFile, Lines, invalid_lines
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.spreadsheets import CsvFault
from photolens.studio import rules

_OF_CLIENTS = ("name", "phone", "notes", "avatar_url")


def import_clients(conn: Connection, file: CsvFile, *, is_dry_run: bool) -> dict[str, Any]:
    """Take a file of clients: whose e-mail is known is changed, where the line differs; others are added.

    Locks: imports of clients, one at a time; then the clients of these addresses, by id. Problems: `invalid`.
    """
    lines = file.lines
    with conn.transaction(force_rollback=is_dry_run):
        sql.studio.lock_client_imports(conn)
        emails = [row["email"] for _, row in lines]
        present: dict[int, Row] = {
            client["position"] - 1: client for client in sql.studio.lock_clients_by_email(conn, emails=emails)
        }
        faults = [*file.faults, *_faults_of(conn, lines, emails, present)]
        if faults:
            raise invalid_lines(faults)
        added = [row for place, (_, row) in enumerate(lines) if place not in present]
        changed = [
            {**client, **lines[place][1]}
            for place, client in present.items()
            if rules.differs(client, lines[place][1], _OF_CLIENTS)
        ]
        _add(conn, added)
        _change(conn, changed)
        counts = {"created": len(added), "updated": len(changed)}
        if added or changed:
            record_activity(conn, "CLIENTS_IMPORTED", "CLIENT_IMPORT", 1, details=counts)
    unchanged = len(lines) - len(added) - len(changed)
    return {"dryRun": is_dry_run, "lines": len(lines), **counts, "unchanged": unchanged}


def _faults_of(conn: Connection, lines: Lines, emails: list[str], present: dict[int, Row]) -> list[CsvFault]:
    """What no line shows by itself: an address that comes twice, and what was known of whoever is erased."""
    faults = [
        CsvFault(lines[row["placeId"] - 1][0], "email", f"is on line {lines[row['firstPlaceId'] - 1][0]} already")
        for row in sql.studio.list_repeated_emails(conn, emails=emails)
    ]
    for place, (line, row) in enumerate(lines):
        if rules.is_address_of_erased(row["email"]):
            client = present.get(place)
            if client is None or rules.differs(client, row, _OF_CLIENTS):
                faults.append(CsvFault(line, "email", rules.KEPT_FOR_ERASED))
    return faults


def _add(conn: Connection, rows: list[dict[str, Any]]) -> None:
    created = sql.studio.insert_clients(
        conn,
        names=[row["name"] for row in rows],
        emails=[row["email"] for row in rows],
        phones=[row.get("phone") for row in rows],
        notes=[row.get("notes") for row in rows],
        avatar_urls=[row.get("avatar_url") for row in rows],
    )
    if created < len(rows):
        # Somebody was added under one of the addresses meanwhile: the caller sends the file once more.
        raise psycopg.errors.SerializationFailure


def _change(conn: Connection, rows: list[dict[str, Any]]) -> None:
    sql.studio.update_clients(
        conn,
        ids=[row["id"] for row in rows],
        names=[row["name"] for row in rows],
        phones=[row["phone"] for row in rows],
        notes=[row["notes"] for row in rows],
        avatar_urls=[row["avatar_url"] for row in rows],
    )
