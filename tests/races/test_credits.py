"""Many who move the credits of one user at once: one at a time does, and nothing is spent twice or lost."""

import pytest

from photolens.database import Connection
from tests.races.live import Call, LiveApi, count, outcomes

pytestmark = pytest.mark.committed


@pytest.fixture
def api(live: str) -> LiveApi:
    return LiveApi(live)


@pytest.fixture
def address(api: LiveApi) -> str:
    return f"/admin/users/{api.by_role('CUSTOMER').get('/me').body['id']}/credits"


def adjustment(address: str, amount: str) -> Call:
    return Call("POST", address, {"amount": amount, "reason": "At once."})


def test_of_ten_who_take_a_credit_of_five_at_once_five_do(api: LiveApi, address: str, conn: Connection) -> None:
    api.post(address, {"amount": "5.00", "reason": "A present."})

    answers = api.at_once([adjustment(address, "-1.00")] * 10)

    assert outcomes(answers) == {(201, None): 5, (402, "insufficient_credits"): 5}
    assert {answer.body["shortfall"] for answer in answers if answer.status == 402} == {"1.00"}
    assert api.get(address).body["credits"] == "0.00"
    assert count(conn, "credit_transactions") == 6


def test_of_what_is_given_and_taken_at_once_nothing_is_lost(api: LiveApi, address: str) -> None:
    api.post(address, {"amount": "10.00", "reason": "A present."})

    answers = api.at_once([adjustment(address, amount) for amount in ("2.50", "-1.25", "0.01", "-0.50") * 5])

    assert outcomes(answers) == {(201, None): 20}
    assert api.get(address).body["credits"] == "13.80"


def test_five_who_write_off_at_once_write_off_once(api: LiveApi, address: str, conn: Connection) -> None:
    api.post(address, {"amount": "5.00", "reason": "A present."})
    conn.execute("update credit_lots set expires_at = now()")

    answers = api.at_once([adjustment(address, "1.00")] * 5)

    assert outcomes(answers) == {(201, None): 5}
    assert count(conn, "credit_transactions", "kind = 'EXPIRY' and delta = -5") == 1
    assert api.get(address).body["credits"] == "5.00"
