"""Many at once, where it is about who somebody is: accounts, codes, links, limits, and the rights that end meanwhile.

No answer may be a 5xx, and after each test the invariants are recomputed on its database (`clone_url`).
"""

from typing import Any

import pytest
from argon2 import PasswordHasher

from photolens.config import Settings
from photolens.database import Connection
from photolens.sealing import Seal
from tests.client import Answer, token_of
from tests.factories import Factory
from tests.races.live import Call, LiveApi, count, outcomes
from tests.waiting import held_up

pytestmark = pytest.mark.committed

PHONE = "+15550100"
PASSWORD = "a quiet harbour at dawn"
ROUNDS, ROUNDS_OF_HASHING = 20, 8  # a password that is chosen takes its time
OWNER, SECOND_OWNER = "owner@callers.example", "admin@callers.example"


@pytest.fixture
def api(live: str) -> LiveApi:
    return LiveApi(live)


@pytest.fixture
def make(api: LiveApi) -> Factory:
    return Factory(api)


class Outbox:
    """What was sent, read as whoever it was sent to."""

    def __init__(self, conn: Connection, seal: Seal) -> None:
        self._conn = conn
        self._seal = seal

    def to(self, recipient: str) -> list[str]:
        """The messages to an e-mail or phone, oldest first."""
        rows = self._conn.execute(
            "select body from communication_logs where lower(recipient) = lower(%s) order by id", [recipient]
        )
        return [self._seal.unseal(row["body"]) or "" for row in rows]

    def token(self, email: str) -> str:
        """What the newest link to an e-mail ends in."""
        return self.to(email)[-1].partition("#token=")[2].split()[0]

    def code(self, phone_number: str) -> str:
        """The newest code to a phone."""
        return self.to(phone_number)[-1].partition(" is your code")[0]


@pytest.fixture
def outbox(conn: Connection, settings: Settings) -> Outbox:
    return Outbox(conn, Seal(settings))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def give_phone(conn: Connection, role: str) -> None:
    """Let the phone be the verified one of the user of a role."""
    conn.execute(
        "update auth_users set phone_number = %s, phone_verified = now() where email = %s",
        [PHONE, f"{role.lower()}@callers.example"],
    )


def enrol(conn: Connection, email: str, *tokens: str, role: str = "CUSTOMER", phone_number: str | None = None) -> str:
    """An ACTIVE user with a session for each of these tokens, and a password whose hash is weak and so takes no time.

    Gives their id.
    """
    added = """
        with users as (
            insert into auth_users (name, email, email_verified, role, status, phone_number)
            values ('Emma Chen', %(email)s, now(), %(role)s, 'ACTIVE', %(phone_number)s)
            returning id
        ), profiles as (
            insert into user_profiles (user_id) select id from users
        ), accounts as (
            insert into auth_accounts (user_id, provider, type, provider_account_id, password)
            select id, 'credentials', 'credentials', id::text, %(hashed)s from users
        ), sessions as (
            insert into auth_sessions (user_id, session_token)
            select id, sha256(token::bytea) from users cross join unnest(%(tokens)s::text []) as tokens (token)
        )
        select id::text from users
        """
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    user = {"email": email, "role": role, "phone_number": phone_number, "hashed": hashed, "tokens": list(tokens)}
    row = conn.execute(added, user).fetchone()
    assert row is not None
    return str(row["id"])


def join(api: LiveApi, make: Factory, outbox: Outbox) -> dict[str, Any]:
    """A staff member who has taken up their account."""
    path = f"/staff/{make.staff(email='lena@example.com')['id']}"
    api.post(f"{path}/invite")
    answer = api.post("/staff/accept-invitation", {"token": outbox.token("lena@example.com"), "password": PASSWORD})
    assert answer.status == 200, answer.body
    member: dict[str, Any] = api.get(path).body
    return member


def log_in(api: LiveApi, email: str, password: str) -> Answer:
    return api.post("/auth/login", {"email": email, "password": password})


def send_code(api: LiveApi, purpose: str) -> Answer:
    return api.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": purpose})


def code_entered(code: str) -> Call:
    return Call("POST", "/auth/otp/verify", {"phoneNumber": PHONE, "code": code, "purpose": "LOGIN"})


def id_of(conn: Connection, email: str) -> str:
    row = conn.execute("select id::text from auth_users where email = %s", [email]).fetchone()
    assert row is not None
    return str(row["id"])


def sessions_of(conn: Connection, user_id: str) -> int:
    return count(conn, "auth_sessions", f"user_id = '{user_id}'")


# Accounts


def test_of_20_sign_ups_at_once_for_one_e_mail_one_is_made(api: LiveApi, conn: Connection) -> None:
    callers = count(conn, "auth_users")
    spellings = ["emma@example.com", "Emma@example.com", "EMMA@EXAMPLE.COM", "emma@Example.Com"]
    sign_ups = [
        Call("POST", "/auth/signup", {"name": f"Emma {n}", "email": spellings[n % 4], "password": PASSWORD})
        for n in range(20)
    ]

    answers = api.at_once(sign_ups)

    assert outcomes(answers) == {(201, None): 1, (409, "email_taken"): 19}
    for table in ("auth_users", "user_profiles", "user_credits", "auth_sessions"):
        assert count(conn, table) == callers + 1
    for table in ("auth_accounts", "auth_verification_token", "communication_logs"):
        assert count(conn, table) == 1
    [signed_up] = [answer.body for answer in answers if answer.status == 201]
    assert api.by_token(signed_up["token"]).get("/auth/me").body["user"] == signed_up["user"]


def test_of_two_sign_ups_at_once_with_one_code_one_is_made(api: LiveApi, conn: Connection, outbox: Outbox) -> None:
    callers = count(conn, "auth_users")
    send_code(api, "SIGNUP")
    account = {"name": "Emma", "password": PASSWORD, "phoneNumber": PHONE, "phoneCode": outbox.code(PHONE)}

    answers = api.at_once([Call("POST", "/auth/signup", {**account, "email": f"e{n}@example.com"}) for n in range(2)])

    assert outcomes(answers) == {(201, None): 1, (422, "code_invalid"): 1}
    assert count(conn, "auth_users") == callers + 1
    assert count(conn, "auth_users", f"phone_number = '{PHONE}' and phone_verified is not null") == 1


# Codes


def test_of_right_codes_at_once_one_signs_in(api: LiveApi, conn: Connection, outbox: Outbox) -> None:
    give_phone(conn, "CUSTOMER")
    customer = id_of(conn, "customer@callers.example")
    for tries in (2, 10):
        before = sessions_of(conn, customer)
        send_code(api, "LOGIN")

        answers = api.at_once([code_entered(outbox.code(PHONE))] * tries)

        assert outcomes(answers) == {(200, None): 1, (422, "code_invalid"): tries - 1}
        assert sessions_of(conn, customer) == before + 1


def test_five_wrong_codes_burn_a_code_and_more_are_not_counted(api: LiveApi, conn: Connection, outbox: Outbox) -> None:
    give_phone(conn, "CUSTOMER")
    for tries in ([1] * 5, [5], [10]):
        conn.execute("delete from otp_sessions")
        send_code(api, "LOGIN")
        right = outbox.code(PHONE)

        answers = [answer for n in tries for answer in api.at_once([code_entered(wrong(right))] * n)]
        answers += api.at_once([code_entered(right)])

        assert outcomes(answers).keys() == {(422, "code_invalid")}
        assert count(conn, "otp_sessions", "attempts = 5 and not is_used") == count(conn, "otp_sessions") == 1
        conn.execute("delete from auth_attempts")


def test_a_right_code_among_wrong_ones_is_taken_once_or_burnt(api: LiveApi, conn: Connection, outbox: Outbox) -> None:
    give_phone(conn, "CUSTOMER")
    customer = id_of(conn, "customer@callers.example")
    for _ in range(10):
        conn.execute("delete from otp_sessions")
        conn.execute("delete from auth_attempts")
        send_code(api, "LOGIN")
        before = sessions_of(conn, customer)
        right = outbox.code(PHONE)

        answers = api.at_once([code_entered(wrong(right)), code_entered(right)] * 6)

        [spent] = conn.execute("select is_used, attempts from otp_sessions").fetchall()
        taken = outcomes(answers)[200, None]
        assert taken == int(spent["is_used"]) == sessions_of(conn, customer) - before
        assert taken == 1 or spent["attempts"] == 5


def test_of_ten_who_ask_for_a_code_at_once_one_is_sent_it(api: LiveApi, conn: Connection, outbox: Outbox) -> None:
    give_phone(conn, "CUSTOMER")
    asked = [Call("POST", "/auth/otp/send", {"phoneNumber": PHONE, "purpose": "LOGIN"})] * 10

    first = api.at_once(asked)
    older = outbox.code(PHONE)
    conn.execute("update otp_sessions set created_at = created_at - interval '61 seconds'")
    conn.execute("delete from auth_attempts")
    second = api.at_once(asked)

    assert outcomes(first) == outcomes(second) == {(200, None): 1, (429, "rate_limited"): 9}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in first + second if answer.status == 429)
    assert (count(conn, "otp_sessions"), len(outbox.to(PHONE))) == (1, 2)
    if older != outbox.code(PHONE):  # once in a million they are equal
        assert outcomes(api.at_once([code_entered(older)])) == {(422, "code_invalid"): 1}
    assert outcomes(api.at_once([code_entered(outbox.code(PHONE))])) == {(200, None): 1}


# Links


def test_a_link_that_verifies_is_opened_once_of_ten_times_at_once(api: LiveApi, outbox: Outbox) -> None:
    session = api.post("/auth/signup", {"name": "Emma", "email": "emma@example.com", "password": PASSWORD}).body

    answers = api.at_once([Call("POST", "/auth/verify-email", {"token": outbox.token("emma@example.com")})] * 10)

    assert outcomes(answers) == {(204, None): 1, (422, "link_invalid"): 9}
    user = api.by_token(session["token"]).get("/auth/me").body["user"]
    assert (user["isEmailVerified"], user["status"]) == (True, "ACTIVE")


def test_a_link_to_a_new_password_is_used_once_of_four_times_at_once(api: LiveApi, outbox: Outbox) -> None:
    api.post("/auth/request-password-reset", {"email": OWNER})
    token = outbox.token(OWNER)
    passwords = [f"{PASSWORD} {n}" for n in range(4)]  # each of which is hashed

    answers = api.at_once([Call("POST", "/auth/reset-password", {"token": token, "password": p}) for p in passwords])

    assert outcomes(answers) == {(204, None): 1, (422, "link_invalid"): 3}
    [chosen] = [password for password, answer in zip(passwords, answers, strict=True) if answer.status == 204]
    assert log_in(api, OWNER, chosen).status == 200


def test_an_invitation_is_accepted_once_of_four_times_at_once(
    api: LiveApi, make: Factory, conn: Connection, outbox: Outbox
) -> None:
    member = make.staff(email="lena@example.com")
    api.post(f"/staff/{member['id']}/invite")
    acceptance = {"token": outbox.token("lena@example.com"), "password": PASSWORD}

    answers = api.at_once([Call("POST", "/staff/accept-invitation", acceptance)] * 4)

    assert outcomes(answers) == {(200, None): 1, (422, "link_invalid"): 3}
    lena = id_of(conn, "lena@example.com")
    assert api.get(f"/staff/{member['id']}").body["userId"] == lena
    assert sessions_of(conn, lena) == count(conn, "auth_accounts") == 1


def test_an_invite_to_the_portal_lets_one_of_ten_in_who_come_at_once(
    api: LiveApi, make: Factory, conn: Connection, outbox: Outbox
) -> None:
    """Also where somebody had registered that e-mail before: nothing of theirs is left."""
    for email in ("noor@example.com", "bram@example.com"):
        conn.execute("delete from auth_attempts")
        contact = make.contact(email=email)
        if email.startswith("bram"):
            enrol(conn, email, "of-a-stranger")
        api.post(f"/contacts/{contact['id']}/invites")
        token = outbox.token(email)
        passwords = [f"{PASSWORD} {n}" for n in range(10)]

        answers = api.at_once([Call("POST", "/portal/activate", {"token": token, "password": p}) for p in passwords])

        assert outcomes(answers) == {(200, None): 1, (422, "link_invalid"): 9}
        [chosen] = [password for password, answer in zip(passwords, answers, strict=True) if answer.status == 200]
        user_id = id_of(conn, email)
        assert api.get(f"/contacts/{contact['id']}").body["userId"] == user_id
        assert (sessions_of(conn, user_id), count(conn, "auth_accounts", f"user_id = '{user_id}'")) == (1, 1)
        assert log_in(api, email, chosen).status == 200
        assert api.by_token("of-a-stranger").get("/auth/me").status == 401


@pytest.mark.parametrize("is_shut_out_first", [True, False])
def test_whoever_activates_while_they_are_shut_out_is_no_contact(
    api: LiveApi, make: Factory, conn: Connection, outbox: Outbox, is_shut_out_first: bool
) -> None:
    contact = make.contact(email="noor@example.com")
    path = f"/contacts/{contact['id']}"
    api.post(f"{path}/invites")
    activation = {"token": outbox.token("noor@example.com"), "password": PASSWORD}

    with held_up(conn) as waiting:
        conn.execute("select from clients where id = %s for update", [contact["clientId"]])
        early = waiting.send(api.post, f"{path}/deactivate") if is_shut_out_first else None
        activated = waiting.send(api.post, "/portal/activate", activation)
        shut_out = early or waiting.send(api.post, f"{path}/deactivate")

    assert shut_out.result().status == 200
    if is_shut_out_first:
        assert outcomes([activated.result()]) == {(422, "link_invalid"): 1}
        assert count(conn, "auth_users", "email = 'noor@example.com'") == 0
    else:
        assert activated.result().status == 200
        assert api.by_token(activated.result().body["token"]).get("/portal/me").status == 403


# Limits, counted for both servers together


def test_the_tries_of_one_account_are_counted_together_by_two_servers(two_servers: LiveApi) -> None:
    nobody = "nobody@example.com"
    tries: list[tuple[str, dict[str, Any], int, tuple[int, str | None]]] = [
        ("/auth/login", {"email": nobody, "password": PASSWORD}, 10, (401, "invalid_credentials")),
        ("/auth/signup", {"name": "N", "email": nobody, "password": "password1"}, 30, (422, "invalid")),
        ("/auth/request-password-reset", {"email": nobody}, 5, (204, None)),
        ("/auth/verify-email", {"token": "no link of ours"}, 20, (422, "link_invalid")),
        ("/auth/otp/verify", code_entered("000000").body, 20, (422, "code_invalid")),
    ]
    for path, body, most, refused in tries:
        one_by_one = [two_servers.post(path, body) for _ in range(most + 2)]

        assert outcomes(one_by_one[:most]) == {refused: most}, path
        assert outcomes(one_by_one[most:]) == {(429, "rate_limited"): 2}, path
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in one_by_one[most:])


def test_tries_at_once_at_two_servers_are_no_more_than_one_by_one(two_servers: LiveApi) -> None:
    answers = two_servers.at_once([Call("POST", "/auth/login", {"email": OWNER, "password": PASSWORD})] * 30)

    assert outcomes(answers) == {(401, "invalid_credentials"): 10, (429, "rate_limited"): 20}


def test_the_tries_of_one_address_are_counted_together_whoever_they_are_for(two_servers: LiveApi) -> None:
    asked = [Call("POST", "/auth/send-verification", {"email": f"nobody{n}@example.com"}) for n in range(40)]

    answers = two_servers.at_once(asked)

    assert outcomes(answers) == {(204, None): 30, (429, "rate_limited"): 10}


# Rights that end while they are used


@pytest.mark.parametrize("change", [{"status": "SUSPENDED"}, {"role": "ADMIN"}], ids=["suspend", "demote"])
def test_two_owners_who_turn_on_each_other_leave_one(api: LiveApi, conn: Connection, change: dict[str, str]) -> None:
    owners = {OWNER: token_of("OWNER"), SECOND_OWNER: token_of("ADMIN")}
    for _ in range(20):
        for email, token in owners.items():
            conn.execute("update auth_users set role = 'OWNER', status = 'ACTIVE' where email = %s", [email])
            conn.execute(
                "insert into auth_sessions (user_id, session_token) values (%s, sha256(%s)) on conflict do nothing",
                [id_of(conn, email), token.encode()],
            )
        one, other = owners
        calls = [
            Call("PATCH", f"/users/{id_of(conn, target)}", {**change, "reason": "A quarrel."}, token=owners[actor])
            for actor, target in ((one, other), (other, one))
        ]

        answers = api.at_once(calls)

        [refused] = [answer for answer in answers if answer.status != 200]
        assert (refused.status, refused.body["code"]) in {
            (409, "last_owner"),
            (401, "unauthenticated"),
            (403, "owners_only"),
        }
        assert count(conn, "auth_users", "role = 'OWNER' and status = 'ACTIVE'") == 1


def test_whoever_is_suspended_while_50_of_their_requests_run_is_out_afterwards(api: LiveApi, conn: Connection) -> None:
    tokens = ["emma-here", "emma-there"]
    emma = enrol(conn, "emma@example.com", *tokens, role="FINANCE")
    for_a_program = {"name": "Books", "permissions": ["VIEW_INVOICES"]}
    tokens.append(api.by_token(tokens[0]).post("/me/tokens", for_a_program).body["token"])
    reading = [Call("GET", "/invoices", token=token) for token in tokens] * 10
    writing = [Call("PATCH", "/me", {"name": f"Emma {n}"}, token=tokens[n % 2]) for n in range(16)]
    coming_in = [Call("POST", "/auth/login", {"email": "emma@example.com", "password": PASSWORD})] * 4
    suspension = Call("PATCH", f"/users/{emma}", {"status": "SUSPENDED", "reason": "Has left."})

    answers = api.at_once([*reading, suspension, *writing, *coming_in])

    assert answers[len(reading)].status == 200
    assert {answer.status for answer in answers[: -len(coming_in)]} <= {200, 401}
    signed_in = answers[-len(coming_in) :]
    assert outcomes(signed_in).keys() <= {(200, None), (403, "account_suspended")}
    tokens += [answer.body["token"] for answer in signed_in if answer.status == 200]
    afterwards = api.at_once([Call("GET", "/auth/me", token=token) for token in tokens])
    assert outcomes(afterwards) == {(401, "unauthenticated"): len(tokens)}
    assert sessions_of(conn, emma) == 0


def test_of_two_sessions_that_change_the_password_at_once_the_one_that_does_it_lives(
    api: LiveApi, conn: Connection
) -> None:
    tokens = ["emma-here", "emma-there"]
    emma = enrol(conn, "emma@example.com", *tokens)
    wishes = [f"{PASSWORD} {n}" for n in range(2)]

    answers = api.at_once(
        [
            Call("POST", "/auth/change-password", {"currentPassword": PASSWORD, "password": wish}, token=token)
            for token, wish in zip(tokens, wishes, strict=True)
        ]
    )

    [winner] = [index for index, answer in enumerate(answers) if answer.status == 204]
    assert answers[1 - winner].status in (401, 422)
    lives = [api.by_token(token).get("/auth/me").status == 200 for token in tokens]
    assert lives == [index == winner for index in range(2)]
    assert sessions_of(conn, emma) == 1
    assert log_in(api, "emma@example.com", wishes[winner]).status == 200


@pytest.mark.parametrize("is_reset_first", [True, False])
def test_no_session_of_the_old_password_outlives_a_reset(
    api: LiveApi, conn: Connection, outbox: Outbox, is_reset_first: bool
) -> None:
    emma = enrol(conn, "emma@example.com")
    api.post("/auth/request-password-reset", {"email": "emma@example.com"})
    reset = {"token": outbox.token("emma@example.com"), "password": f"{PASSWORD}, and at dusk"}

    with held_up(conn) as waiting:
        conn.execute("select from auth_users where id = %s for update", [emma])
        early = waiting.send(api.post, "/auth/reset-password", reset) if is_reset_first else None
        # Its password is compared, and was right.
        came_in = waiting.send(log_in, api, "emma@example.com", PASSWORD)
        chosen = early or waiting.send(api.post, "/auth/reset-password", reset)

    assert chosen.result().status == 204
    assert outcomes([came_in.result()]) == {(401, "invalid_credentials") if is_reset_first else (200, None): 1}
    assert sessions_of(conn, emma) == 0
    assert log_in(api, "emma@example.com", reset["password"]).status == 200


# What a session has begun when a reset, or a suspension, ends it.
BEGUN = [
    ("POST", "/me/tokens", {"name": "Back door", "permissions": []}),
    ("PATCH", "/me", {"phoneNumber": PHONE}),
    ("POST", "/auth/change-password", {"currentPassword": PASSWORD, "password": f"{PASSWORD}, once more"}),
    ("POST", "/auth/otp/verify", {"phoneNumber": "+15550199", "purpose": "VERIFY", "code": ""}),
]


@pytest.mark.parametrize(("method", "path", "body"), BEGUN, ids=["token", "phone", "password", "code"])
@pytest.mark.parametrize("end", ["reset", "suspension"])
def test_what_was_begun_by_a_session_that_ends_meanwhile_is_not_done(
    api: LiveApi, conn: Connection, outbox: Outbox, end: str, method: str, path: str, body: dict[str, Any]
) -> None:
    emma = enrol(conn, "emma@example.com", "emma-here", phone_number="+15550199")
    session = api.by_token("emma-here")
    if "code" in body:
        session.post("/auth/otp/send", {"phoneNumber": "+15550199", "purpose": "VERIFY"})
        body = {**body, "code": outbox.code("+15550199")}
    api.post("/auth/request-password-reset", {"email": "emma@example.com"})
    reset = {"token": outbox.token("emma@example.com"), "password": f"{PASSWORD}, and at dusk"}
    suspension = {"status": "SUSPENDED", "reason": "Is not who she was."}

    with held_up(conn) as waiting:
        conn.execute("select from auth_users where id = %s for update", [emma])
        if end == "reset":
            ended = waiting.send(api.post, "/auth/reset-password", reset)
        else:
            ended = waiting.send(api.patch, f"/users/{emma}", suspension)
        begun = waiting.send(session.request, method, path, body)

    assert ended.result().status in (200, 204)
    assert outcomes([begun.result()]) == {(401, "unauthenticated"): 1}
    assert begun.result().headers["WWW-Authenticate"].startswith("Bearer")
    assert count(conn, "api_tokens") == sessions_of(conn, emma) == 0
    [user] = conn.execute("select phone_number, phone_verified from auth_users where id = %s", [emma]).fetchall()
    assert (user["phone_number"], user["phone_verified"]) == ("+15550199", None)
    if end == "reset":
        assert log_in(api, "emma@example.com", reset["password"]).status == 200


def test_a_password_that_is_changed_and_reset_at_once_is_one_of_both(
    api: LiveApi, conn: Connection, outbox: Outbox
) -> None:
    for n in range(ROUNDS_OF_HASHING):
        conn.execute("delete from auth_attempts")
        email, token = f"emma{n}@example.com", f"emma-{n}"
        emma = enrol(conn, email, token)
        api.post("/auth/request-password-reset", {"email": email})
        reset = {"token": outbox.token(email), "password": f"{PASSWORD}, reset"}
        change = {"currentPassword": PASSWORD, "password": f"{PASSWORD}, changed"}

        changed, chosen = api.at_once(
            [
                Call("POST", "/auth/change-password", change, token=token),
                Call("POST", "/auth/reset-password", reset),
            ]
        )

        assert outcomes([chosen]).keys() <= {(204, None), (422, "link_invalid")}
        assert outcomes([changed]).keys() <= {(204, None), (401, "unauthenticated")}
        assert [changed.status, chosen.status].count(204) == 1
        assert sessions_of(conn, emma) == (1 if changed.status == 204 else 0)


# Phones


def test_two_who_claim_each_others_phones_at_once_are_both_answered(api: LiveApi, conn: Connection) -> None:
    phones = ["+15550101", "+15550102"]
    users = [enrol(conn, f"{n}@example.com", f"user-{n}", phone_number=phones[n]) for n in range(2)]
    for n in range(ROUNDS):
        one, other = (phones[(n + turn + 1) % 2] for turn in range(2))

        answers = api.at_once(
            [
                Call("PATCH", "/me", {"phoneNumber": one}, token="user-0"),
                Call("PATCH", "/me", {"phoneNumber": other}, token="user-1"),
            ]
            * 2
        )

        assert outcomes(answers) == {(200, None): 4}
        conn.execute("update auth_users set phone_number = null where id = any(%s::uuid [])", [users])
        for user, phone in zip(users, (one, other), strict=True):  # each has the one that the other is to claim
            conn.execute("update auth_users set phone_number = %s where id = %s", [phone, user])


# The team


def test_nobody_who_is_removed_is_given_an_editing_job(api: LiveApi, make: Factory, conn: Connection) -> None:
    jobs = []
    for _ in range(4):
        booking = make.completed_booking()
        jobs += api.get(f"/editing-jobs?bookingId={booking['id']}").body["data"]
    for n in range(10):
        editor = make.staff(role="EDITOR")
        if n % 2:  # somebody with a past stays, as INACTIVE
            make.booking(editor, sessionDate="2020-01-01T10:00:00Z")

        answers = api.at_once(
            [
                *[Call("PATCH", f"/editing-jobs/{job['id']}", {"editorId": editor["id"]}) for job in jobs],
                Call("DELETE", f"/staff/{editor['id']}"),
            ]
        )

        assert answers[-1].status == 204
        assert outcomes(answers[:-1]).keys() <= {(200, None), (409, "staff_inactive"), (422, "invalid")}
        assert count(conn, "editing_jobs", "editor_id is not null") == 0
        assert count(conn, "staff_members", f"id = {editor['id']} and status <> 'INACTIVE'") == 0


def test_a_delivered_job_that_comes_back_does_not_come_back_to_whoever_has_left(
    api: LiveApi, make: Factory, conn: Connection
) -> None:
    for _ in range(10):
        booking, editor = make.completed_booking(), make.staff(role="EDITOR")
        [job] = api.get(f"/editing-jobs?bookingId={booking['id']}").body["data"]
        api.patch(f"/editing-jobs/{job['id']}", {"editorId": editor["id"], "status": "DELIVERED"})

        answers = api.at_once(
            [
                Call("PATCH", f"/editing-jobs/{job['id']}", {"status": "REVISION"}),
                Call("DELETE", f"/staff/{editor['id']}"),
            ]
        )

        assert outcomes(answers).keys() <= {(200, None), (204, None), (409, "staff_inactive")}
        assert count(conn, "editing_jobs", "status = 'REVISION' and editor_id is not null") == 0


def test_nobody_who_is_removed_while_they_are_invited_comes_in(
    api: LiveApi, make: Factory, conn: Connection, outbox: Outbox
) -> None:
    for n in range(4):
        email = f"lena{n}@example.com"
        path = f"/staff/{make.staff(email=email)['id']}"
        api.post(f"{path}/invite")

        invited, removed = api.at_once([Call("POST", f"{path}/invite"), Call("DELETE", path)])

        assert removed.status == 204
        assert outcomes([invited]).keys() <= {(200, None), (404, "not_found")}
        late = api.post("/staff/accept-invitation", {"token": outbox.token(email), "password": PASSWORD})
        assert (late.status, late.body["code"]) == (422, "link_invalid")
        assert count(conn, "auth_users", f"email = '{email}'") == 0


@pytest.mark.parametrize("is_removed_first", [True, False])
def test_whoever_accepts_while_they_are_removed_is_not_let_in(
    api: LiveApi, make: Factory, conn: Connection, outbox: Outbox, is_removed_first: bool
) -> None:
    for has_past in (False, True):
        email = f"lena-{has_past}@example.com"
        member = make.staff(email=email)
        if has_past:  # somebody with a past stays, as INACTIVE
            make.booking(member, sessionDate="2020-01-01T10:00:00Z")
        path = f"/staff/{member['id']}"
        api.post(f"{path}/invite")
        acceptance = {"token": outbox.token(email), "password": PASSWORD}

        with held_up(conn) as waiting:
            conn.execute("select from staff_members where id = %s for update", [member["id"]])
            early = waiting.send(api.delete, path) if is_removed_first else None
            accepted = waiting.send(api.post, "/staff/accept-invitation", acceptance)
            removed = early or waiting.send(api.delete, path)

        assert removed.result().status == 204
        assert outcomes([accepted.result()]) == {(422, "link_invalid") if is_removed_first else (200, None): 1}
        assert count(conn, "auth_users", f"email = '{email}' and status <> 'SUSPENDED'") == 0
        if not is_removed_first:
            assert api.by_token(accepted.result().body["token"]).get("/auth/me").status == 401


def test_whoever_accepts_while_they_are_invited_again_comes_in_once(
    api: LiveApi, make: Factory, conn: Connection, outbox: Outbox
) -> None:
    for n in range(ROUNDS_OF_HASHING):
        conn.execute("delete from auth_attempts")
        email = f"lena{n}@example.com"
        path = f"/staff/{make.staff(email=email)['id']}"
        api.post(f"{path}/invite")
        acceptance = {"token": outbox.token(email), "password": PASSWORD}

        invited, accepted = api.at_once(
            [Call("POST", f"{path}/invite"), Call("POST", "/staff/accept-invitation", acceptance)]
        )

        # Whichever comes first: the newer link has killed the older, or there is nobody to be invited any more.
        both = (invited.status, accepted.status)
        assert both in {(200, 422), (409, 200)}
        assert outcomes([invited, accepted]).keys() <= {(200, None), (409, "has_account"), (422, "link_invalid")}
        assert count(conn, "auth_users", f"email = '{email}'") == int(accepted.status == 200)
        assert api.get(path).body["status"] == ("ACTIVE" if accepted.status == 200 else "INVITED")


def test_the_account_of_whoever_is_removed_is_not_let_in_again_at_once(
    api: LiveApi, make: Factory, conn: Connection, outbox: Outbox
) -> None:
    member = join(api, make, outbox)
    make.booking(member, sessionDate="2020-01-01T10:00:00Z")  # somebody with a past stays, as INACTIVE
    user_path = f"/users/{member['userId']}"
    for _ in range(10):
        api.patch(f"/staff/{member['id']}", {"status": "ACTIVE"})
        api.patch(user_path, {"status": "SUSPENDED", "reason": "On leave."})

        [removed, let_in] = api.at_once(
            [
                Call("DELETE", f"/staff/{member['id']}"),
                Call("PATCH", user_path, {"status": "ACTIVE", "reason": "Is back."}),
            ]
        )

        assert removed.status == 204
        assert let_in.status in (200, 409)
        assert api.get(user_path).body["status"] == "SUSPENDED"


def test_a_role_that_is_changed_from_both_sides_at_once_is_one_role(
    api: LiveApi, make: Factory, conn: Connection, outbox: Outbox
) -> None:
    member = join(api, make, outbox)
    user_path = f"/users/{member['userId']}"
    for _ in range(10):
        answers = api.at_once(
            [
                Call("PATCH", user_path, {"role": "EDITOR", "reason": "Edits now."}),
                Call("PATCH", f"/staff/{member['id']}", {"role": "FINANCE"}),
                Call("PATCH", user_path, {"role": "PHOTOGRAPHER", "reason": "Goes out again."}),
                Call("PATCH", f"/staff/{member['id']}", {"role": "ADMIN"}),
            ]
        )

        assert outcomes(answers) == {(200, None): 4}
        assert api.get(user_path).body["role"] == api.get(f"/staff/{member['id']}").body["role"]


# Idempotency keys


def test_the_same_key_of_two_users_is_two_keys(api: LiveApi) -> None:
    clients = [
        Call(
            "POST", "/clients", {"name": role, "email": f"{role}@example.com"}, {"Idempotency-Key": "1"}, token_of(role)
        )
        for role in ("OWNER", "ADMIN")
    ]

    answers = api.at_once(clients) + api.at_once(clients)

    assert outcomes(answers) == {(201, None): 4}
    assert [answer.body["name"] for answer in answers] == ["OWNER", "ADMIN"] * 2
    assert ["Idempotent-Replayed" in answer.headers for answer in answers] == [False, False, True, True]


def test_a_key_that_one_user_sends_from_two_sessions_at_once_is_done_once(api: LiveApi, conn: Connection) -> None:
    conn.execute(
        "insert into auth_sessions (user_id, session_token) values (%s, sha256('elsewhere'))", [id_of(conn, OWNER)]
    )
    emma = {"name": "Emma Chen", "email": "emma@example.com"}

    answers = api.at_once(
        [Call("POST", "/clients", emma, {"Idempotency-Key": "1"}, token) for token in (token_of("OWNER"), "elsewhere")]
        * 5
    )

    assert outcomes(answers).keys() <= {(201, None), (409, "idempotency_in_progress")}
    made = [answer for answer in answers if answer.status == 201]
    assert len([answer for answer in made if "Idempotent-Replayed" not in answer.headers]) == 1
    assert len({answer.body["id"] for answer in made}) == count(conn, "clients") == 1
