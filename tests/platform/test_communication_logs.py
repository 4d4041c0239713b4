"""What an administrator sees of the outbox: to whom, and what became of it; never the words."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient

LOGS = "/communication-logs"


def logged(conn: Connection, status: str = "PENDING", channel: str = "EMAIL", **columns: Any) -> int:
    """A message as it stands in the database; gives its id."""
    row = conn.execute(
        """
        insert into communication_logs (channel, recipient, template, subject, body, status, attempts, error, sent_at)
        values (
            %(channel)s, 'emma@example.com', 'invoice_reminder', 'Hello', %(body)s,
            %(status)s::communication_status, 7, %(error)s,
            case when %(status)s::communication_status = 'SENT' then now() end
        )
        returning id
        """,
        {"status": status, "channel": channel, "body": b"sealed", "error": None} | columns,
    ).fetchone()
    assert row is not None
    message_id: int = row["id"]
    return message_id


def queued(conn: Connection) -> list[dict[str, Any]]:
    return [row["args"] for row in conn.execute("select args from procrastinate_jobs order by id")]


def test_a_message_is_shown_with_what_became_of_it_and_without_its_words(api: ApiClient, conn: Connection) -> None:
    message_id = logged(conn, "FAILED", error="The mail server refuses the recipient: 550")

    [shown] = api.get(LOGS).body["data"]

    assert shown == {
        "id": message_id,
        "channel": "EMAIL",
        "recipient": "emma@example.com",
        "template": "invoice_reminder",
        "subject": "Hello",
        "status": "FAILED",
        "attempts": 7,
        "error": "The mail server refuses the recipient: 550",
        "clientId": None,
        "createdAt": shown["createdAt"],
        "sentAt": None,
        "updatedAt": shown["updatedAt"],
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "SENT"}, {"sent mail"}),
        ({"channel": "SMS"}, {"failed text", "waiting text"}),
        ({"channel": "SMS", "status": "FAILED"}, {"failed text"}),
        ({"channel": "EMAIL", "status": "FAILED"}, set()),
    ],
)
def test_messages_are_found_by_status_and_channel(
    api: ApiClient, conn: Connection, query: dict[str, str], expected: set[str]
) -> None:
    names = {
        logged(conn, "SENT"): "sent mail",
        logged(conn, "FAILED", "SMS"): "failed text",
        logged(conn, "PENDING", "SMS"): "waiting text",
    }

    page = api.get(LOGS, query_string=query | {"include": "total"}).body

    assert {names[row["id"]] for row in page["data"]} == expected
    assert page["total"] == len(expected)


def test_one_that_has_failed_is_tried_again_from_the_first(api: ApiClient, conn: Connection) -> None:
    message_id = logged(conn, "FAILED", error="expired")

    answer = api.post(f"{LOGS}/{message_id}/retry")

    assert answer.status == 200
    assert (answer.body["status"], answer.body["attempts"], answer.body["error"]) == ("PENDING", 0, None)
    assert queued(conn) == [{"message_id": message_id}]


@pytest.mark.parametrize("status", ["PENDING", "SENT"])
def test_one_that_has_not_failed_is_not_tried_again(api: ApiClient, conn: Connection, status: str) -> None:
    refused = api.post(f"{LOGS}/{logged(conn, status)}/retry")

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert queued(conn) == []


def test_a_link_or_code_that_has_failed_is_gone(api: ApiClient, conn: Connection) -> None:
    refused = api.post(f"{LOGS}/{logged(conn, 'FAILED', body=None)}/retry")

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert "erased" in refused.body["detail"]
    assert queued(conn) == []
