"""The portal's pages, as their browser asks for them: who is let in, from where, and what a refusal looks like."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from photolens.database import Connection
from tests.client import ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory

HERE = {"Origin": "http://localhost"}
PASSWORD = "wide-open-aperture-7"


class Pages:
    """A browser without a screen: it keeps its cookies, and sends forms from the page it is on."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/portal{path}", buffered=True)

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
        return self.client.post(f"/portal{path}", data=fields, headers=HERE if headers is None else headers)


@pytest.fixture
def pages(app: Flask) -> Iterator[Pages]:
    with app.test_client() as client:
        yield Pages(client)


@pytest.fixture
def client(make: Factory) -> dict[str, Any]:
    return make.client()


@pytest.fixture
def inside(pages: Pages, conn: Connection, client: dict[str, Any]) -> Pages:
    """The pages of a contact who is signed in."""
    pages.client.set_cookie("photolens_portal", sign_in_contact(conn, client["id"]), path="/portal")
    return pages


@pytest.fixture
def person(conn: Connection, api: ApiClient, client: dict[str, Any]) -> str:
    """The e-mail of a contact who has a password."""
    api.by_token(None).post("/auth/signup", {"name": "Noor", "email": "noor@pages.example", "password": PASSWORD})
    conn.execute("update auth_users set status = 'ACTIVE', email_verified = now() where email = 'noor@pages.example'")
    conn.execute(
        """
        insert into client_contacts (client_id, user_id, name, email, activated_at)
        select %s, id, 'Noor', email, now() from auth_users where email = 'noor@pages.example'
        """,
        [client["id"]],
    )
    return "noor@pages.example"


# Who is let in


@pytest.mark.parametrize(
    "path", ["/", "/invoices", "/invoices/1", "/invoices/1.pdf", "/shoots", "/shoots/1", "/account"]
)
def test_whoever_is_not_signed_in_is_sent_to_sign_in(pages: Pages, path: str) -> None:
    answer = pages.get(path)

    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/portal/sign-in")


def test_signing_in_sets_a_cookie_that_no_script_reads_and_no_other_address_gets(pages: Pages, person: str) -> None:
    answer = pages.post("/sign-in", email=person, password=PASSWORD, next="/portal/shoots?limit=1")

    assert (answer.status_code, answer.location) == (303, "/portal/shoots?limit=1")
    cookie = answer.headers["Set-Cookie"]
    assert re.match(r"photolens_portal=\w+", cookie)
    assert {"HttpOnly", "Path=/portal", "SameSite=Lax"} <= set(cookie.split("; "))
    assert pages.get("/").status_code == 200


def test_over_tls_the_cookie_is_never_sent_in_the_clear(pages: Pages, person: str) -> None:
    fields = {"email": person, "password": PASSWORD}
    origin = {"Origin": "https://localhost"}

    answer = pages.client.post("/portal/sign-in", base_url="https://localhost", data=fields, headers=origin)

    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/portal/", "//evil.example/portal/", "/portal/..\\\\evil.example", "/api/docs/", ""],
)
def test_nobody_is_sent_elsewhere_by_signing_in(pages: Pages, person: str, elsewhere: str) -> None:
    answer = pages.post("/sign-in", email=person, password=PASSWORD, next=elsewhere)

    assert answer.location == "/portal/"


def test_a_wrong_password_is_told_on_the_form_which_keeps_the_email_and_not_the_password(pages: Pages) -> None:
    answer = pages.post("/sign-in", email='"><script>alert(1)</script>@x.example', password="not this one")

    assert answer.status_code in (401, 422)
    assert "<script>alert" not in answer.text
    assert "not this one" not in answer.text


def test_somebody_who_is_no_contact_is_not_let_in_and_leaves_no_session(
    pages: Pages, conn: Connection, api: ApiClient
) -> None:
    api.by_token(None).post("/auth/signup", {"name": "Ines", "email": "ines@pages.example", "password": PASSWORD})
    before = conn.execute("select count(*) as sessions from auth_sessions").fetchone()

    answer = pages.post("/sign-in", email="ines@pages.example", password=PASSWORD)

    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    assert conn.execute("select count(*) as sessions from auth_sessions").fetchone() == before


def test_a_contact_who_is_deactivated_is_out_at_their_next_page(
    inside: Pages, conn: Connection, client: dict[str, Any]
) -> None:
    assert inside.get("/").status_code == 200

    conn.execute("update client_contacts set is_active = false where client_id = %s", [client["id"]])

    assert inside.get("/").status_code == 303


def test_signing_out_ends_the_session_itself(inside: Pages, conn: Connection) -> None:
    cookie = inside.client.get_cookie("photolens_portal", path="/portal")
    assert cookie is not None

    inside.post("/sign-out")

    inside.client.set_cookie("photolens_portal", cookie.value, path="/portal")
    assert inside.get("/").status_code == 303


def test_the_api_takes_no_cookie_for_a_token(inside: Pages) -> None:
    inside.client.set_cookie("photolens_portal", "contact-anything", path="/")

    assert inside.client.get("/api/v1/portal/me").status_code == 401


# From where


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused(
    inside: Pages, api: ApiClient, make: Factory, client: dict[str, Any], headers: dict[str, str]
) -> None:
    booking = make.booking(clientId=client["id"])

    answer = inside.post(f"/shoots/{booking['id']}/photos", headers=headers, name="IMG_0001")

    assert answer.status_code == 403
    assert api.get(f"/bookings/{booking['id']}/photo-selections").body["data"] == []


def test_a_page_is_kept_by_nobody_framed_by_nobody_and_runs_only_its_own_scripts(inside: Pages) -> None:
    headers = inside.get("/invoices").headers

    assert headers["Cache-Control"] == "no-store"
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_pages_files_are_theirs_and_need_nobody_signed_in(pages: Pages) -> None:
    for file, mimetype in (("portal.css", "text/css"), ("activate.js", "text/javascript")):
        answer = pages.get(f"/static/{file}")
        assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert "http" not in pages.get("/static/portal.css").text


# What a refusal looks like


def test_another_clients_invoice_a_draft_and_none_at_all_are_the_same_page(
    inside: Pages, make: Factory, client: dict[str, Any]
) -> None:
    draft = make.invoice(clientId=client["id"])
    others = make.sent_invoice()

    answers = [inside.get(f"/invoices/{invoice_id}") for invoice_id in (draft["id"], others["id"], 987654321)]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({re.sub(r"invoice \d+", "invoice", answer.text) for answer in answers}) == 1


def test_a_refusal_is_a_page_with_a_way_back(inside: Pages, make: Factory, client: dict[str, Any]) -> None:
    booking = make.booking(clientId=client["id"])

    answer = inside.post(f"/shoots/{booking['id']}/photos", name="   ")

    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert 'role="alert"' in answer.text
    assert "The name is required." in answer.text


def test_what_people_have_written_is_shown_as_they_wrote_it(
    inside: Pages, api: ApiClient, make: Factory, client: dict[str, Any]
) -> None:
    booking = make.booking(clientId=client["id"])

    inside.post(f"/shoots/{booking['id']}/photos", name="<img src=x onerror=alert(1)>")

    page = inside.get(f"/shoots/{booking['id']}").text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img" not in page


def test_without_stripe_paying_is_refused_in_words(inside: Pages, make: Factory, client: dict[str, Any]) -> None:
    invoice = make.sent_invoice(clientId=client["id"])

    answer = inside.post(f"/invoices/{invoice['id']}/pay")

    assert (answer.status_code, answer.mimetype) == (503, "text/html")


def test_contacts_change_their_name_phone_and_password(pages: Pages, person: str) -> None:
    pages.post("/sign-in", email=person, password=PASSWORD)

    saved = pages.post("/account", name="Noor Haddad", phone="+31 20 555 0142")
    refused = pages.post("/account/password", currentPassword="not this one", password="another-aperture-8")
    changed = pages.post("/account/password", currentPassword=PASSWORD, password="another-aperture-8")

    page = pages.get("/account").text
    assert (saved.status_code, refused.status_code, changed.status_code) == (303, 422, 303)
    assert 'value="Noor Haddad"' in page
    assert 'value="+31 20 555 0142"' in page
    pages.post("/sign-out")
    assert pages.post("/sign-in", email=person, password="another-aperture-8").status_code == 303


def test_a_forgotten_password_is_answered_alike_for_whoever_asks(pages: Pages, person: str) -> None:
    known = pages.post("/forgotten-password", email=person)
    unknown = pages.post("/forgotten-password", email="nobody@pages.example")

    assert known.status_code == unknown.status_code == 200
    assert known.text == unknown.text


def test_a_link_that_is_none_is_refused_on_the_form(pages: Pages) -> None:
    for path in ("/activate", "/reset-password"):
        answer = pages.post(path, token="nothing", password=PASSWORD)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
