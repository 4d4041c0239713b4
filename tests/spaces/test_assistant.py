"""The assistant: what is said to it is kept first, and it replies with what is really free."""

import dataclasses
from collections.abc import Iterator

import pytest

from photolens import create_app
from photolens.config import Settings
from photolens.database import Connection
from photolens.identity.actions.erasure import leave_accounts
from tests.client import ApiClient, token_of
from tests.conftest import pools_of
from tests.factories import Factory
from tests.spaces.chat_stub import SAID, ChatStub, answering, completion
from tests.spaces.test_search import CUSTOMER, hold

MESSAGES = "/assistant/messages"
ASKED = {"content": "2 desks in Amman on 2040-01-02 from 9 to 10"}


@pytest.fixture
def customer(api: ApiClient) -> ApiClient:
    return api.by_role("CUSTOMER")


@pytest.fixture
def stub() -> Iterator[ChatStub]:
    with answering() as stub:
        yield stub


@pytest.fixture
def told(conn: Connection, settings: Settings, stub: ChatStub) -> ApiClient:
    """The customer at an application whose assistant is the stub."""
    sent = dataclasses.replace(settings, assistant_url=stub.url, assistant_key="key-of-the-chat")
    return ApiClient(create_app(sent, pools_of(conn)), token_of("CUSTOMER"))


def test_it_suggests_what_is_really_free(customer: ApiClient, make: Factory, conn: Connection) -> None:
    branch = make.branch()
    taken, free = make.offering(branch), make.offering(branch, label="Desk by the window")
    for offering in (taken, free):
        make.slots(offering)
    hold(conn, taken, quantity=2)

    answer = customer.post(MESSAGES, ASKED)

    assert answer.status == 201
    assert answer.body["message"]["content"] == ASKED["content"]
    assert [suggestion["id"] for suggestion in answer.body["reply"]["suggestions"]] == [free["id"]]
    assert "Desk by the window" in answer.body["reply"]["content"]
    assert customer.post(MESSAGES, ASKED).body["reply"]["content"] == answer.body["reply"]["content"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a desk in amman on 2040-01-02 from 9 to 11", True),
        ("a desk in amman on 2040-01-02", True),
        ("a desk in amman on 2040-01-02 under 10", True),
        ("a desk in amman on 2040-01-02 under 9.99", False),
        ("a meeting room in amman on 2040-01-02", False),
        ("4 desks in amman on 2040-01-02", False),
        ("a desk in amman on 2040-01-02 from 10 to 12", False),
        ("a desk in amman on 2040-01-03", False),
        ("a desk in Berlin on 2040-01-02", False),
        ("a desk in amman", False),
    ],
)
def test_what_is_asked_for_has_to_hold(customer: ApiClient, make: Factory, text: str, found: bool) -> None:
    make.slots(make.offering())

    assert bool(customer.post(MESSAGES, {"content": text}).body["reply"]["suggestions"]) is found


def test_words_say_which_comes_first_and_the_cheapest_is_the_cheapest(customer: ApiClient, make: Factory) -> None:
    branch = make.branch()
    window = make.offering(branch, label="Desk by the windows", pricePerUnit="12.00")
    door = make.offering(branch, label="Desk at the door", pricePerUnit="8.00")
    for offering in (window, door):
        make.slots(offering)

    def first(text: str) -> int:
        suggested: int = customer.post(MESSAGES, {"content": text}).body["reply"]["suggestions"][0]["id"]
        return suggested

    assert first("a desk near a window on 2040-01-02") == window["id"]
    assert first("the cheapest desk near a window on 2040-01-02") == door["id"]


def test_what_is_hidden_is_not_suggested(customer: ApiClient, make: Factory, conn: Connection) -> None:
    make.slots(make.offering())
    conn.execute("update branches set status = 'SUSPENDED'")

    assert customer.post(MESSAGES, ASKED).body["reply"]["suggestions"] == []


def test_the_history_is_one_s_own_newest_first(customer: ApiClient, api: ApiClient) -> None:
    said = customer.post(MESSAGES, {"content": "hello"}).body
    api.post(MESSAGES, {"content": "somebody else's"})

    assert customer.get(MESSAGES).body["data"] == [said["reply"], said["message"]]
    assert [row["role"] for row in customer.get(f"{MESSAGES}?limit=1").body["data"]] == ["ASSISTANT"]


@pytest.mark.parametrize("content", ["", "   ", "x" * 2001, None, 7])
def test_a_message_has_1_to_2000_characters(customer: ApiClient, content: object) -> None:
    assert customer.post(MESSAGES, {"content": content}).status == 422
    assert customer.get(MESSAGES).body["data"] == []


def test_sent_again_under_its_key_a_message_is_replied_to_once(customer: ApiClient) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = (customer.post(MESSAGES, {"content": "hello"}, headers=key) for _ in range(2))

    assert (again.status, again.body) == (201, first.body)
    assert len(customer.get(MESSAGES).body["data"]) == 2
    assert customer.post(MESSAGES, {"content": "other"}, headers=key).body["code"] == "idempotency_key_reused"


def test_more_than_twenty_a_minute_are_refused_and_not_kept(customer: ApiClient, api: ApiClient) -> None:
    for _ in range(20):
        assert customer.post(MESSAGES, {"content": "hello"}).status == 201

    refused = customer.post(MESSAGES, {"content": "hello"})

    assert (refused.status, refused.body["code"]) == (429, "rate_limited")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert customer.get(f"{MESSAGES}?limit=1&include=total").body["total"] == 40
    assert api.post(MESSAGES, {"content": "hello"}).status == 201


def test_an_endpoint_is_told_what_is_free_and_what_was_said(told: ApiClient, stub: ChatStub, make: Factory) -> None:
    offering = make.offering()
    make.slots(offering)
    for n in range(12):
        told.post(MESSAGES, {"content": f"hello {n}"})

    answer = told.post(MESSAGES, ASKED)

    assert (answer.status, answer.body["reply"]["content"]) == (201, SAID)
    assert [suggestion["id"] for suggestion in answer.body["reply"]["suggestions"]] == [offering["id"]]
    asked = stub.asked[-1]
    assert (asked["path"], stub.keys[-1]) == ("/v1/chat/completions", "Bearer key-of-the-chat")
    assert offering["label"] in asked["messages"][0]["content"]
    assert [message["role"] for message in asked["messages"]] == ["system", *["assistant", "user"] * 10][:21]
    assert asked["messages"][-1] == {"role": "user", "content": ASKED["content"]}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (429, b'{"error": {"message": "slow down"}}'),
        (200, b"not JSON"),
        (200, b'{"choices": []}'),
        (200, completion("")),
        (200, completion(None)),
        (200, b" " * (256 * 1024 + 1)),
    ],
)
def test_when_an_endpoint_fails_the_message_stays(told: ApiClient, stub: ChatStub, status: int, body: bytes) -> None:
    stub.status, stub.body = status, body

    refused = told.post(MESSAGES, {"content": "hello"}, headers={"Idempotency-Key": "one"})
    kept = told.get(MESSAGES).body["data"]
    stub.status, stub.body = 200, completion("Hello!")
    again = told.post(MESSAGES, {"content": "hello"}, headers={"Idempotency-Key": "one"})

    assert (refused.status, refused.body["code"]) == (502, "assistant_unavailable")
    assert "slow" not in str(refused.body)
    assert [(message["role"], message["content"]) for message in kept] == [("USER", "hello")]
    assert (again.body["message"], again.body["reply"]["content"]) == (kept[0], "Hello!")


def test_an_endpoint_leads_nobody_elsewhere(told: ApiClient, stub: ChatStub) -> None:
    stub.status, stub.headers = 307, {"Location": f"{stub.url}/elsewhere"}

    assert told.post(MESSAGES, {"content": "hello"}).status == 502
    assert len(stub.asked) == 1


def test_an_endpoint_that_is_not_there_is_502(conn: Connection, settings: Settings) -> None:
    with answering() as gone:
        pass
    sent = dataclasses.replace(settings, assistant_url=gone.url)
    api = ApiClient(create_app(sent, pools_of(conn)), token_of("CUSTOMER"))

    assert api.post(MESSAGES, {"content": "hello"}).status == 502
    assert len(api.get(MESSAGES).body["data"]) == 1


def test_a_long_answer_is_cut(told: ApiClient, stub: ChatStub) -> None:
    stub.body = completion("y" * 9000 + "\x00")

    assert told.post(MESSAGES, {"content": "hello"}).body["reply"]["content"] == "y" * 8000


def test_who_is_forgotten_has_said_nothing(customer: ApiClient, conn: Connection) -> None:
    customer.post(MESSAGES, {"content": "hello"})

    leave_accounts(conn, kept_ids=[], forgotten_ids=[CUSTOMER], name="Erased")

    assert conn.execute("select count(*) from ai_chat_messages").fetchall() == [{"count": 0}]


@pytest.mark.committed
@pytest.mark.own_database
def test_a_message_is_committed_before_anybody_is_asked(clone_url: str, api: ApiClient, conn: Connection) -> None:
    conn.execute("alter table ai_chat_messages add constraint silent check (role = 'USER')")

    assert api.post(MESSAGES, {"content": "hello"}).status == 500
    assert conn.execute("select content from ai_chat_messages").fetchall() == [{"content": "hello"}]
