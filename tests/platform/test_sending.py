"""What waits in the outbox is sent: to a real SMTP server, and to a provider of texts that speaks the wire."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask

from photolens import mail, tasks, worker
from photolens.cli import photolens
from photolens.config import Settings
from photolens.database import Connection, Row, connection
from photolens.job_queue import queue_job
from photolens.messages import Undelivered
from photolens.platform.actions import messages
from photolens.sealing import Seal
from tests.client import ApiClient
from tests.factories import Factory
from tests.mail_server import LOGIN, MailServer, make_certificate
from tests.text_provider import TextProvider

EMMA, PHONE = "emma.chen@example.com", "+31612345678"
SENDER = "Lumen Hall ✨ ✨ <hello@lumen.example>"
NOWHERE = "127.0.0.1:1"  # nobody listens there

Configured = Callable[..., None]
Queue = Callable[..., int]
Work = Callable[[], None]
Read = Callable[[int], Row]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """The certificate, as the server shows it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine takes the certificate for a good one."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def provider() -> Iterator[TextProvider]:
    with TextProvider() as provider:
        yield provider


@pytest.fixture
def configured(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Configured:
    """`configured(smtp_url=…)`: what the application is told by its environment beside the defaults."""

    def configured(**changes: Any) -> None:
        monkeypatch.setitem(app.extensions, "settings", replace(settings, mail_from=SENDER, **changes))

    return configured


@pytest.fixture
def queue(app: Flask) -> Queue:
    """`queue("SMS", code="123456")`: puts a message into the outbox, a reminder by default; gives its id."""

    def queue(channel: str = "EMAIL", **options: Any) -> int:
        to, template = (EMMA, "invoice_reminder") if channel == "EMAIL" else (PHONE, "one_time_code")
        words = {
            "client_name": "Emma",
            "company_name": "",
            "invoice_number": "INV-7",
            "amount": "12.00",
            "currency": "USD",
            "due_date": "1 May 2026",
            "footer": "",
            "code": "123456",
        }
        with app.app_context():
            conn = connection()
            messages.queue_message(conn, channel, options.pop("to", to), template, **{**words, **options})
            row = conn.execute("select max(id) as id from communication_logs").fetchone()
        assert row is not None
        message_id: int = row["id"]
        return message_id

    return queue


@pytest.fixture
def work(app: Flask, conn: Connection) -> Work:
    """Does the jobs that are due, as a worker does, on the connection of the test."""

    def work() -> None:
        due = "delete from procrastinate_jobs where scheduled_at is null or scheduled_at <= now() returning *"
        for job in conn.execute(due).fetchall():
            with app.app_context():
                tasks.TASKS[job["task_name"]](connection(), **job["args"])

    return work


@pytest.fixture
def read(conn: Connection) -> Read:
    """`read(7)`: the row of a message."""

    def read(message_id: int) -> Row:
        row = conn.execute("select * from communication_logs where id = %s", [message_id]).fetchone()
        assert row is not None
        return row

    return read


def jobs(conn: Connection) -> list[Row]:
    return conn.execute("select * from procrastinate_jobs order by id").fetchall()


def state(row: Row) -> tuple[str, int, str | None]:
    return row["status"], row["attempts"], row["error"]


def test_an_email_arrives_as_it_was_written(
    server: MailServer, configured: Configured, queue: Queue, work: Work, read: Read
) -> None:
    configured(smtp_url=server.url)
    company, footer = "استوديو النور 📷 Zürich", "Thank you — شكرا\nA second line.\n.\nAfter a dot, " + "é" * 1200
    message_id = queue(company_name=company, footer=footer)

    work()

    [taken] = server.taken
    row, arrived = read(message_id), taken.mail
    assert (taken.sender, taken.recipients) == ("hello@lumen.example", [EMMA])
    assert (arrived["From"], arrived["To"]) == (SENDER, EMMA)
    assert arrived["Subject"] == f"Invoice INV-7 of {company} is overdue"
    assert arrived["Message-ID"] == f"<{row['reference']}@lumen.example>"
    assert parsedate_to_datetime(arrived["Date"]) == row["created_at"].replace(microsecond=0)
    assert arrived.get_content_type() == "text/plain"
    assert arrived.get_content().replace("\r\n", "\n").rstrip("\n").endswith(f"\n\n{company}\n\n{footer}")
    assert taken.content.isascii()
    assert max(map(len, taken.content.split(b"\r\n"))) <= 998
    assert state(row) == ("SENT", 1, None)
    assert row["sent_at"] is not None


def test_an_address_with_letters_of_other_scripts_is_reached(
    server: MailServer, configured: Configured, queue: Queue, work: Work
) -> None:
    configured(smtp_url=server.url)
    queue(to="zoë@bücher.example")

    work()

    [taken] = server.taken
    assert taken.recipients == ["zoë@bücher.example"]
    assert taken.mail["To"] == "zoë@bücher.example"


@pytest.mark.parametrize("is_tls_from_the_start", [True, False], ids=["smtps", "starttls"])
def test_the_name_and_the_password_go_over_tls(
    tls: ssl.SSLContext,
    trusted: None,
    configured: Configured,
    queue: Queue,
    work: Work,
    read: Read,
    is_tls_from_the_start: bool,
) -> None:
    with MailServer(tls, is_tls_from_the_start=is_tls_from_the_start) as server:
        configured(smtp_url=server.url_with(*LOGIN), photolens_env="production")
        message_id = queue()

        work()

        assert [(taken.is_signed_in, taken.is_encrypted) for taken in server.taken] == [(True, True)]
        assert read(message_id)["status"] == "SENT"


@pytest.mark.parametrize("is_tls_from_the_start", [True, False], ids=["smtps", "starttls"])
def test_a_server_whose_certificate_nobody_vouches_for_is_sent_nothing(
    tls: ssl.SSLContext, configured: Configured, queue: Queue, work: Work, read: Read, is_tls_from_the_start: bool
) -> None:
    with MailServer(tls, is_tls_from_the_start=is_tls_from_the_start) as server:
        configured(smtp_url=server.url)
        message_id = queue()

        work()

        assert server.taken == []
        reason = "The mail server cannot be used: SSLCertVerificationError"
        assert state(read(message_id)) == ("PENDING", 1, reason)


def test_in_production_a_password_is_never_sent_for_all_to_read(
    server: MailServer, configured: Configured, queue: Queue, work: Work, read: Read
) -> None:
    configured(smtp_url=server.url_with(*LOGIN), photolens_env="production")
    message_id = queue()

    work()

    assert server.taken == []
    assert state(read(message_id)) == ("PENDING", 1, "The mail server has no TLS, and is sent no password without")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("another one", "The mail server refuses us: 535"),
        ("wörd", "The mail server can be sent no password but of ASCII letters"),
    ],
)
def test_a_wrong_password_is_no_fault_of_the_message(
    server: MailServer, configured: Configured, queue: Queue, work: Work, read: Read, password: str, reason: str
) -> None:
    configured(smtp_url=server.url_with(LOGIN[0], password))
    message_id = queue()

    work()

    assert state(read(message_id)) == ("PENDING", 1, reason)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"recipient_answer": "550 5.1.1 No such user"}, ("FAILED", 1, "The mail server refuses the recipient: 550")),
        ({"recipient_answer": "451 Greylisted"}, ("PENDING", 1, "The mail server refuses the recipient: 451")),
        ({"data_answer": "554 Spam"}, ("FAILED", 1, "The mail server refuses the e-mail: 554")),
        ({"data_answer": "452 Disk full"}, ("PENDING", 1, "The mail server refuses the e-mail: 452")),
    ],
)
def test_what_a_mail_server_refuses_for_now_is_tried_again_and_for_good_is_not(
    server: MailServer,
    configured: Configured,
    conn: Connection,
    queue: Queue,
    work: Work,
    read: Read,
    answers: dict[str, str],
    expected: tuple[str, int, str],
) -> None:
    configured(smtp_url=server.url)
    message_id = queue()
    for name, answer in answers.items():
        setattr(server, name, answer)

    work()

    assert state(read(message_id)) == expected
    assert len(jobs(conn)) == (expected[0] == "PENDING")


@pytest.mark.parametrize("channel", ["EMAIL", "SMS"])
def test_a_server_that_is_down_is_tried_again_for_a_day_and_then_no_more(
    configured: Configured, conn: Connection, queue: Queue, work: Work, read: Read, channel: str
) -> None:
    configured(smtp_url=f"smtp://{NOWHERE}", sms_url=f"http://{NOWHERE}")
    message_id = queue(channel)
    waits = []

    work()
    while waiting := jobs(conn):
        [job] = waiting
        assert read(message_id)["status"] == "PENDING"
        waits.append(round((job["scheduled_at"] - datetime.now(UTC)).total_seconds() / 60))
        conn.execute("update procrastinate_jobs set scheduled_at = null")
        work()

    assert waits == [1, 5, 30, 120, 360, 900]
    assert timedelta(hours=20) < timedelta(minutes=sum(waits)) < timedelta(hours=28)
    status, attempts, error = state(read(message_id))
    assert (status, attempts) == ("FAILED", 7)
    assert error is not None
    assert "cannot be used" in error


@pytest.mark.parametrize(
    ("recipient", "subject"),
    [
        ("emma@example.com\nBcc: all@example.com", "Hello"),
        ("emma@example.com\r\n", "Hello"),
        ("emma@example.com, all@example.com", "Hello"),
        ("Emma <emma@example.com>", "Hello"),
        ("Emma", "Hello"),
        (EMMA, "Hello\nBcc: all@example.com"),
    ],
)
def test_what_would_be_more_than_one_address_or_one_line_is_refused(recipient: str, subject: str) -> None:
    with pytest.raises(Undelivered) as refused:
        mail.compose(
            sender=SENDER,
            recipient=recipient,
            subject=subject,
            text="Hello.",
            reference=uuid4(),
            written_at=datetime.now(UTC),
        )

    assert refused.value.is_final


def test_a_text_is_posted_to_the_provider_as_json(
    provider: TextProvider, configured: Configured, queue: Queue, work: Work, read: Read
) -> None:
    configured(sms_url=provider.url)
    message_id = queue("SMS", code="004217")

    work()

    [posted] = provider.posted
    text = "004217 is your code. It is good for five minutes. Never tell it to anybody, also not to us."
    assert posted.body == {"to": PHONE, "text": text}
    assert (posted.path, posted.login) == ("/messages?from=Lumen", "acme:s:cret")
    assert posted.key == str(read(message_id)["reference"])
    assert state(read(message_id)) == ("SENT", 1, None)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        *(("SENT", answer) for answer in (200, 202, 204)),
        *(("PENDING", answer) for answer in (302, 307, 401, 408, 429, 500, 503)),
        *(("FAILED", answer) for answer in (400, 403, 404, 422)),
    ],
)
def test_what_a_provider_answers_says_whether_a_text_is_tried_again(
    provider: TextProvider,
    configured: Configured,
    conn: Connection,
    queue: Queue,
    work: Work,
    read: Read,
    answer: int,
    status: str,
) -> None:
    configured(sms_url=provider.url)
    provider.status = answer
    message_id = queue("SMS")

    work()

    error = None if status == "SENT" else f"The text provider answers {answer}"
    assert state(read(message_id)) == (status, 1, error)
    assert len(jobs(conn)) == (status == "PENDING")
    assert [posted.path for posted in provider.posted] == ["/messages?from=Lumen"]  # no redirection is followed


def test_without_a_server_a_message_waits_until_an_operator_has_it_sent(
    server: MailServer, configured: Configured, conn: Connection, queue: Queue, work: Work, read: Read
) -> None:
    message_ids = [queue(), queue()]
    work()
    assert [state(read(message_id)) for message_id in message_ids] == [("PENDING", 0, None)] * 2
    assert jobs(conn) == []

    configured(smtp_url=server.url)
    assert messages.send_waiting_messages(conn) == 2
    work()

    assert [read(message_id)["status"] for message_id in message_ids] == ["SENT", "SENT"]
    assert len(server.taken) == 2


def test_an_operator_has_sent_now_what_was_to_be_tried_later(
    server: MailServer, configured: Configured, conn: Connection, queue: Queue, work: Work, read: Read
) -> None:
    configured(smtp_url=f"smtp://{NOWHERE}")
    message_id = queue()
    work()

    configured(smtp_url=server.url)
    assert messages.send_waiting_messages(conn) == 1
    work()

    assert state(read(message_id)) == ("SENT", 2, None)
    assert (len(server.taken), jobs(conn)) == (1, [])


@pytest.mark.parametrize("channel", ["EMAIL", "SMS"])
def test_what_was_taken_but_not_noted_is_sent_again_under_the_same_name(
    app: Flask,
    server: MailServer,
    provider: TextProvider,
    configured: Configured,
    conn: Connection,
    queue: Queue,
    channel: str,
) -> None:
    configured(smtp_url=server.url, sms_url=provider.url)
    message_id = queue(channel)
    conn.execute("alter table communication_logs add constraint nothing_noted check (status = 'PENDING')")

    with pytest.raises(psycopg.errors.CheckViolation), app.app_context():
        messages.send_message(connection(), message_id)
    conn.execute("alter table communication_logs drop constraint nothing_noted")
    for _ in range(2):  # the second finds it sent
        with app.app_context():
            messages.send_message(connection(), message_id)

    names = [taken.mail["Message-ID"] for taken in server.taken] + [posted.key for posted in provider.posted]
    assert len(names) == 2
    assert len(set(names)) == 1
    assert len({taken.content for taken in server.taken}) <= 1


def test_a_code_or_link_is_not_sent_once_it_is_of_no_use(
    provider: TextProvider, configured: Configured, conn: Connection, queue: Queue, work: Work, read: Read
) -> None:
    configured(sms_url=provider.url)
    message_id = queue("SMS", expires_at=datetime.now(UTC) - timedelta(minutes=1))

    work()

    assert (provider.posted, jobs(conn)) == ([], [])
    assert state(read(message_id)) == ("FAILED", 0, "expired")
    assert read(message_id)["body"] is None


def test_a_message_expires_with_the_link_or_code_in_it(
    api: ApiClient, make: Factory, conn: Connection, queue: Queue
) -> None:
    visitor = api.by_token(None)
    visitor.post("/auth/signup", {"name": "Emma", "email": EMMA, "password": "a sentence nobody says"})
    visitor.post("/auth/request-password-reset", {"email": EMMA})
    visitor.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "SIGNUP"})
    api.post(f"/staff/{make.staff(email='lena@studio.example')['id']}/invite")
    api.post(f"/contacts/{make.contact()['id']}/invites")
    queue()

    rows = conn.execute("select template, expires_at - created_at as life from communication_logs order by id")
    assert {row["template"]: row["life"] for row in rows} == {
        "verify_email": timedelta(hours=24),
        "reset_password": timedelta(hours=1),
        "one_time_code": timedelta(minutes=5),
        "accept_invitation": timedelta(days=7),
        "invite_contact": timedelta(days=7),
        "invoice_reminder": None,
    }


def test_what_is_sealed_under_another_key_fails(
    server: MailServer,
    configured: Configured,
    conn: Connection,
    settings: Settings,
    queue: Queue,
    work: Work,
    read: Read,
) -> None:
    configured(smtp_url=server.url)
    message_id = queue()
    another = Seal(replace(settings, secret_key=("another one of which nobody has heard",))).seal("Hello.")
    conn.execute("update communication_logs set body = %s", [another])

    work()

    assert server.taken == []
    assert state(read(message_id)) == ("FAILED", 0, "sealed under another SECRET_KEY")
    assert read(message_id)["body"] == another  # it may be tried again under the right one


def test_the_words_of_a_message_are_erased_once_it_is_sent(
    server: MailServer, configured: Configured, queue: Queue, work: Work, read: Read
) -> None:
    configured(smtp_url=server.url)
    message_id = queue()

    work()

    assert read(message_id)["body"] is None


def test_what_is_about_a_client_who_is_erased_is_not_sent(
    server: MailServer,
    configured: Configured,
    conn: Connection,
    api: ApiClient,
    make: Factory,
    queue: Queue,
    work: Work,
) -> None:
    configured(smtp_url=server.url)
    client = make.client()
    queue(client_id=client["id"])
    assert api.post(f"/clients/{client['id']}/erase").status == 200

    work()

    assert (server.taken, jobs(conn)) == ([], [])


def test_nothing_is_queued_for_whom_nothing_is_kept_of(api: ApiClient, conn: Connection) -> None:
    api.by_token(None).post("/auth/request-password-reset", {"email": "nobody@example.com"})

    assert jobs(conn) == []


def test_no_word_of_a_message_is_in_its_job(queue: Queue, conn: Connection) -> None:
    message_id = queue("SMS")

    [job] = jobs(conn)
    assert job["args"] == {"message_id": message_id}
    assert job["lock"] == f"message {message_id}"


@pytest.mark.committed
def test_a_request_ends_with_a_mail_in_somebodys_hands(
    server: MailServer, api: ApiClient, conn: Connection, clone_url: str, settings: Settings
) -> None:
    visitor = api.by_token(None)
    visitor.post("/auth/signup", {"name": "Emma", "email": EMMA, "password": "a sentence nobody says"})
    visitor.post("/auth/request-password-reset", {"email": EMMA})
    transactions: list[Row] = []
    begun = "select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'"
    server.on_taking = lambda: transactions.extend(conn.execute(begun).fetchall())

    worker.run(replace(settings, smtp_url=server.url, mail_from=SENDER), clone_url, until_idle=True)

    words = {taken.mail["Subject"]: taken.mail.get_content() for taken in server.taken}
    assert set(words) == {"Confirm your e-mail address", "Choose a new password"}
    token = words["Choose a new password"].partition("#token=")[2].split()[0]
    reset = visitor.post("/auth/reset-password", {"token": token, "password": "another that nobody says"})
    assert reset.status == 204
    assert transactions == []
    assert conn.execute("select distinct status from communication_logs").fetchall() == [{"status": "SENT"}]


@pytest.mark.committed
def test_the_command_has_sent_what_waits_once_however_many_jobs_there_are(
    server: MailServer, api: ApiClient, conn: Connection, clone_url: str, settings: Settings
) -> None:
    api.by_token(None).post("/auth/signup", {"name": "Emma", "email": EMMA, "password": "a sentence nobody says"})
    worker.run(settings, clone_url, until_idle=True)

    run = CliRunner(env={"DATABASE_URL": clone_url}).invoke(photolens, ["outbox", "--send"], catch_exceptions=False)
    [job] = jobs(conn)
    queue_job(conn, job["task_name"], lock=job["lock"], **job["args"])
    worker.run(replace(settings, smtp_url=server.url, mail_from=SENDER), clone_url, until_idle=True)

    assert run.stdout == "1 to be sent now.\n"
    assert [taken.recipients for taken in server.taken] == [[EMMA]]
