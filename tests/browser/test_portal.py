"""A client with a phone: they come by their invitation, look at what they owe, pay it, and choose and judge photos."""

import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pypdf
import pytest
from selenium.webdriver.common.by import By

from photolens.config import Settings
from photolens.sealing import Seal
from tests.browser.conftest import Browser, Studio

EMMA, PASSWORD = "customer@demo.photolens.test", "photolens-demo"


@pytest.fixture
def signed_in(browser: Browser) -> Browser:
    """Emma Chen, of Northgate Robotics, who signs in."""
    browser.open("/portal/")
    browser.type("E-mail", EMMA)
    browser.type("Password", PASSWORD)
    browser.press("Sign in")
    browser.page_with("Hello, Emma Chen")
    return browser


def number_of(studio: Studio, status: str) -> str:
    """The number of an invoice of Emma's client in this state."""
    row = studio.conn.execute(
        """
        select invoice_number as number
        from invoices
        inner join client_contacts on invoices.client_id = client_contacts.client_id
        where client_contacts.email = %s and invoices.status = %s
        order by invoices.id
        limit 1
        """,
        [EMMA, status],
    ).fetchone()
    assert row is not None
    number: str = row["number"]
    return number


def test_whoever_is_not_signed_in_is_asked_to_and_comes_where_they_were_going(browser: Browser) -> None:
    browser.open("/portal/invoices")
    assert "Sign in" in browser.text

    browser.type("E-mail", EMMA)
    browser.type("Password", "not their password")
    browser.press("Sign in")
    refused = browser.page_with("Check both")
    assert refused.find_element(By.ID, "refusal").get_attribute("role") == "alert"

    browser.type("Password", PASSWORD)
    browser.press("Sign in")
    browser.page_with("Invoices")
    assert urlsplit(browser.driver.current_url).path == "/portal/invoices"


def test_a_contact_comes_by_their_invitation_with_a_password_of_their_choice(
    browser: Browser, studio: Studio, settings: Settings
) -> None:
    [client] = studio.api.get("/clients?limit=1").body["data"]
    contact = {"name": "Юлия Смирнова", "email": "yulia@invited.example"}
    contact_id = studio.api.post(f"/clients/{client['id']}/contacts", contact).body["id"]
    assert studio.api.post(f"/contacts/{contact_id}/invites").status == 200
    sealed = studio.conn.execute("select body from communication_logs order by id desc limit 1").fetchone()
    assert sealed is not None
    link = re.search(r"http\S+/portal/activate#token=\S+", Seal(settings).unseal(sealed["body"]) or "")
    assert link is not None

    browser.driver.get(link[0])
    browser.type("New password", "wide-open-aperture-7")
    browser.press("Save and sign in")

    browser.page_with("Hello, Юлия Смирнова")
    assert "token=" not in browser.driver.current_url


def test_an_invoice_is_paid_on_the_providers_page_and_shown_as_paid(signed_in: Browser, studio: Studio) -> None:
    number = number_of(studio, "SENT")
    signed_in.press("Invoices")
    signed_in.press(number)
    amount = signed_in.driver.find_element(By.XPATH, "//button[starts-with(., 'Pay')]").text.removeprefix("Pay ")

    signed_in.press(f"Pay {amount}")
    assert signed_in.driver.current_url.startswith(studio.stripe.base)
    signed_in.go("//*[@id='pay']")

    paid = signed_in.page_with("Thank you: your payment has arrived.")
    assert signed_in.driver.current_url.startswith(studio.origin)
    assert "Paid" in paid.find_element(By.TAG_NAME, "h1").text
    assert paid.find_elements(By.XPATH, "//button[starts-with(., 'Pay')]") == []
    assert [row.text for row in paid.find_elements(By.CSS_SELECTOR, "table:last-of-type tbody tr")]
    row = studio.conn.execute(
        "select status, balance_due, needs_review from invoices where invoice_number = %s", [number]
    ).fetchone()
    assert row is not None
    assert (row["status"], str(row["balance_due"]), row["needs_review"]) == ("PAID", "0.00", False)


def test_whoever_turns_back_from_paying_may_pay_later(signed_in: Browser, studio: Studio) -> None:
    signed_in.open("/portal/invoices")
    signed_in.press(number_of(studio, "OVERDUE"))
    signed_in.go("//button[starts-with(., 'Pay')]")
    signed_in.go("//*[@id='back']")

    signed_in.page_with("Overdue")
    assert signed_in.driver.find_elements(By.XPATH, "//button[starts-with(., 'Pay')]") != []


def test_an_invoice_is_downloaded_as_a_pdf_that_holds_what_is_due(
    signed_in: Browser, studio: Studio, tmp_path_factory: pytest.TempPathFactory
) -> None:
    number = number_of(studio, "OVERDUE")
    signed_in.open("/portal/invoices")
    signed_in.press(number)
    link = signed_in.driver.find_element(By.LINK_TEXT, "Download PDF").get_attribute("href") or ""
    cookie = signed_in.driver.get_cookie("photolens_portal") or {}

    connection = HTTPConnection(urlsplit(link).netloc, timeout=30)
    connection.request("GET", urlsplit(link).path, headers={"Cookie": f"photolens_portal={cookie['value']}"})
    response = connection.getresponse()
    file = tmp_path_factory.mktemp("pdf") / "invoice.pdf"
    file.write_bytes(response.read())
    connection.close()

    assert (response.status, response.headers["Content-Type"]) == (200, "application/pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert number in text
    assert "USD" in text


def test_photos_in_review_are_sent_back_with_a_wish_and_approved(signed_in: Browser, studio: Studio) -> None:
    signed_in.go("//h2[.='Photos to approve']/following-sibling::ul//a")
    signed_in.type("What would you like to be different?", "Warmer, please: <b>like the evening</b>.")
    signed_in.press("Ask for a revision")
    wished = signed_in.page_with("Revision requested")
    assert "Warmer, please: <b>like the evening</b>." in wished.text

    jobs = studio.api.get("/editing-jobs?status=REVISION").body["data"]
    [job] = [job for job in jobs if job["clientName"] == "Northgate Robotics"]
    stages = {stage["name"]: stage["id"] for stage in studio.api.get("/editing-stages").body["data"]}
    studio.api.patch(f"/editing-jobs/{job['id']}", {"stageId": stages["In Progress"]})
    studio.api.patch(f"/editing-jobs/{job['id']}", {"stageId": stages["Client Review"]})
    signed_in.driver.refresh()
    signed_in.press("Approve the photos")

    signed_in.page_with("Delivered")
    assert studio.api.get(f"/editing-jobs/{job['id']}").body["status"] == "DELIVERED"


def test_photos_are_chosen_taken_back_and_chosen_for_good(signed_in: Browser, studio: Studio) -> None:
    studio.conn.execute(
        """
        update editing_jobs
        set stage_id = editing_stages.id, status = 'PENDING', delivered_at = null
        from editing_stages, bookings, client_contacts
        where editing_stages.awaits_selection
            and editing_jobs.booking_id = bookings.id and bookings.client_id = client_contacts.client_id
            and client_contacts.email = %s
            and editing_jobs.status = 'DELIVERED'
            and editing_jobs.id = (
                select min(jobs.id) from editing_jobs as jobs
                inner join bookings on jobs.booking_id = bookings.id
                inner join client_contacts on bookings.client_id = client_contacts.client_id
                where client_contacts.email = %s and jobs.status = 'DELIVERED'
            )
        """,
        [EMMA, EMMA],
    )
    signed_in.open("/portal/")
    signed_in.go("//h2[.='Photos to choose']/following-sibling::ul//a")
    for name in ("IMG_9001", "IMG_9002"):
        signed_in.type("Name of the photo", name)
        signed_in.press("Add the photo")
        signed_in.page_with(name)
    signed_in.press("Remove IMG_9001")
    signed_in.page_with("IMG_9002")
    assert "IMG_9001" not in signed_in.text

    signed_in.press("These are all: start editing")

    signed_in.page_with("IMG_9002")
    assert signed_in.driver.find_elements(By.XPATH, "//button[starts-with(., 'These are all')]") == []


def test_no_page_has_to_be_scrolled_sideways_on_a_phone_and_every_field_has_a_label(signed_in: Browser) -> None:
    seen = {"/portal/", "/portal/invoices", "/portal/shoots", "/portal/account"}
    for page in ("/portal/invoices", "/portal/shoots"):
        signed_in.open(page)
        links = signed_in.driver.find_elements(By.CSS_SELECTOR, "tbody a")
        seen |= {urlsplit(link.get_attribute("href") or "").path for link in links[:2]}
    assert len(seen) == 8
    for path in sorted(seen):
        signed_in.open(path)
        unlabelled = signed_in.driver.execute_script(
            "return [...document.querySelectorAll('input:not([type=hidden]):not([hidden]), textarea')]"
            ".filter((field) => field.labels.length === 0).map((field) => field.name)"
        )
        headings = signed_in.driver.find_elements(By.TAG_NAME, "h1")
        assert (path, signed_in.is_too_wide, unlabelled, len(headings)) == (path, False, [], 1)


def test_whoever_signs_out_is_out(signed_in: Browser) -> None:
    signed_in.press("Sign out")
    signed_in.page_with("Sign in")

    signed_in.open("/portal/invoices")

    assert urlsplit(signed_in.driver.current_url).path == "/portal/sign-in"
