"""A real browser, before the real server on the demo studio, with Stripe's stand-in behind it.

Where there is no Chromium the tests are skipped; CI installs one.
"""

import shutil
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait

from photolens.config import Settings
from photolens.database import Connection
from tests.client import token_of
from tests.conftest import SEEDED_TEMPLATE, Databases, serving
from tests.races.live import LiveApi
from tests.stripe_stub import StripeStub

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PHONE = (390, 844)


@dataclass(frozen=True)
class Studio:
    """The server that is being looked at: its address, its API as the owner, its database, and Stripe."""

    origin: str
    api: LiveApi
    conn: Connection
    stripe: StripeStub


class Browser:
    """A window, and what a person does in it: they find things by their words."""

    def __init__(self, driver: Chrome, origin: str) -> None:
        self.driver = driver
        self._origin = origin

    def open(self, path: str) -> None:
        self.driver.get(self._origin + path)

    def type(self, label: str, text: str) -> None:
        """Write into the field with this label."""
        field = self.driver.find_element(By.XPATH, f"//label[starts-with(normalize-space(), '{label}')]")
        entry = self.driver.find_element(By.ID, field.get_attribute("for") or "")
        entry.clear()
        entry.send_keys(text)

    def press(self, words: str) -> None:
        """Press the button, or follow the link, with these words."""
        text = "normalize-space(translate(., '\u00a0', ' '))"
        found = f"//button[{text}='{words}' or @aria-label='{words}'] | //a[{text}='{words}']"
        self.go(found)

    def go(self, xpath: str) -> None:
        """Press what is found there, and wait until another page has come."""
        page = self.driver.find_element(By.TAG_NAME, "html")
        target = self.driver.find_element(By.XPATH, xpath)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", target)
        target.click()
        self._wait().until(staleness_of(page))

    def page_with(self, words: str) -> WebElement:
        """The page, once it says so: a person waits until it has come."""
        body = (By.TAG_NAME, "body")
        self._wait().until(lambda driver: words in driver.find_element(*body).text, f"the page never said {words!r}")
        return self.driver.find_element(*body)

    def _wait(self) -> WebDriverWait[Chrome]:
        # What is asked of a page that is just making way for another fails in several ways: it is asked again.
        return WebDriverWait(self.driver, 15, ignored_exceptions=[WebDriverException])

    @property
    def text(self) -> str:
        return self.driver.find_element(By.TAG_NAME, "body").text

    @property
    def is_too_wide(self) -> bool:
        """Whether the page has to be scrolled sideways."""
        wide: bool = self.driver.execute_script(
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return wide


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def studio(databases: Databases, settings: Settings) -> Iterator[Studio]:
    """The demo studio, served, and paid through a Stripe that stands on this machine."""
    origin = f"http://127.0.0.1:{_free_port()}"
    with (
        databases.clone(SEEDED_TEMPLATE) as url,
        StripeStub() as stub,
        serving(
            DATABASE_URL=url,
            SECRET_KEY=settings.secret_key[0],
            PORT=origin.rpartition(":")[2],
            PORTAL_URL=origin,
            **stub.environment,
        ) as server,
        psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn,
    ):
        stub.webhook = lambda payload, signature: _deliver(f"{server.api}/webhooks/stripe", payload, signature)
        yield Studio(origin, LiveApi(server.api, token=token_of("OWNER")), conn, stub)


def _deliver(url: str, payload: bytes, signature: str) -> None:
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
    request = urllib.request.Request(url, payload, headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.status == HTTPStatus.OK


@pytest.fixture(scope="session")
def _driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("there is no Chromium here")
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, Service(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def browser(_driver: Chrome, studio: Studio) -> Iterator[Browser]:
    """A window as wide as a phone; nobody is signed in, and at the end no script and no policy has complained."""
    _driver.set_window_size(*PHONE)
    _driver.get(studio.origin + "/portal/sign-in")
    _driver.delete_all_cookies()
    _complaints(_driver)
    yield Browser(_driver, studio.origin)
    assert _complaints(_driver) == []


def _complaints(driver: Chrome) -> list[str]:
    """What scripts and policies have complained of; an answer that is a refusal is none."""
    log: Any = driver.get_log

    def is_bad(entry: dict[str, str]) -> bool:
        return entry["level"] == "SEVERE" and entry["source"] != "network"

    return [entry["message"] for entry in log("browser") if is_bad(entry)]
