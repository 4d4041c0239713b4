"""Imports of clients: a file is checked line by line, and taken whole or not at all."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory
from tests.studio.test_exports import NASTY


def send(api: ApiClient, file: str | bytes, **options: Any) -> Answer:
    data = file.encode() if isinstance(file, str) else file
    return api.post("/imports/clients", data=data, content_type="text/csv", **options)


def counts(answer: Answer) -> tuple[int, int, int]:
    assert answer.status == 200, answer.body
    body = answer.body
    assert body["lines"] == body["created"] + body["updated"] + body["unchanged"]
    return body["created"], body["updated"], body["unchanged"]


def faults(answer: Answer) -> list[tuple[str, int, str]]:
    assert (answer.status, answer.body["code"]) == (422, "invalid"), answer.body
    return [(fault["pointer"], fault["line"], fault["detail"]) for fault in answer.body["errors"]]


def everything(conn: Connection) -> dict[str, str]:
    """A digest of each table, but of those who are signed in, which notes when they were seen."""
    tables = conn.execute(
        "select relname from pg_stat_user_tables where schemaname = current_schema() and relname <> 'auth_sessions'"
    ).fetchall()
    digests = {}
    for name in (table["relname"] for table in tables):
        row = conn.execute(
            f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as d from {name} t".encode()
        )
        digests[name] = row.fetchone()["d"]  # type: ignore[index]
    return digests


def test_a_file_adds_who_is_new_changes_who_is_known_and_leaves_who_is_the_same(api: ApiClient, make: Factory) -> None:
    noah = make.client(name="Noah", email="Noah@example.com", phone="+47 22", notes="Tall.", avatarUrl=None)
    same = make.client(name="Grace", email="grace@example.com", phone="+1 555", notes="Kind.")

    taken = send(
        api,
        "email,name,phone,notes\r\n"
        "emma@example.com,Emma Chen,,Prefers mornings.\r\n"
        "noah@EXAMPLE.com,Noah Berg,,Tall.\r\n"
        "grace@example.com,Grace,+1 555,Kind.\r\n",
    )

    assert taken.body == {"dryRun": False, "lines": 3, "created": 1, "updated": 1, "unchanged": 1}
    clients = {client["email"]: client for client in api.get("/clients").body["data"]}
    assert clients["Noah@example.com"] == noah | {
        "name": "Noah Berg", "phone": None, "updatedAt": clients["Noah@example.com"]["updatedAt"],
    }  # fmt: skip
    assert clients["grace@example.com"] == same
    emma = clients["emma@example.com"]
    assert (emma["name"], emma["phone"], emma["notes"]) == ("Emma Chen", None, "Prefers mornings.")


def test_a_column_that_is_not_in_the_file_stays_as_it_is(api: ApiClient, make: Factory) -> None:
    client = make.client(name="Noah", email="noah@example.com", phone="+47 22", notes="Tall.")

    taken = send(api, "name,email\nNoah Berg,noah@example.com\n")

    changed = api.get(f"/clients/{client['id']}").body
    assert counts(taken) == (0, 1, 0)
    assert changed == client | {"name": "Noah Berg", "updatedAt": changed["updatedAt"]}


def test_what_is_exported_and_imported_again_changes_nothing_whatever_it_says(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    for number, text in enumerate(NASTY):
        make.client(name=text, phone=text[:40], notes=f"{text}\n{text}", email=f"o'nasty{number}@example.com")
    make.payment(make.sent_invoice(), "10.00")
    archived, erased = make.client(notes="Old."), make.client(notes="Older.")
    api.patch(f"/clients/{archived['id']}", {"archived": True})
    api.post(f"/clients/{erased['id']}/erase")
    before = everything(conn)

    file = api.get("/exports/clients.csv").body
    taken = send(api, file)

    assert counts(taken) == (0, 0, len(NASTY) + 3)
    assert everything(conn) == before


def test_an_export_makes_the_same_clients_in_an_empty_studio(api: ApiClient, make: Factory, conn: Connection) -> None:
    made = [make.client(name=text, phone=text[:40], notes=text) for text in NASTY]
    file = api.get("/exports/clients.csv").body
    conn.execute("delete from clients")

    assert counts(send(api, file)) == (len(NASTY), 0, 0)

    kept = ("name", "email", "phone", "notes", "avatarUrl")
    shown = {client["email"]: [client[key] for key in kept] for client in api.get("/clients").body["data"]}
    assert shown == {client["email"]: [client[key] for key in kept] for client in made}


@pytest.mark.parametrize(
    "file",
    [
        "\ufeffname,email\nEmma,emma@example.com\n",
        "name;email\r\nEmma;emma@example.com\r\n",
        '"name","email"\n"Emma","emma@example.com"',
        "email,name\n\nemma@example.com,Emma\n\n",
        'name;email;notes\nEmma;emma@example.com;"one, two;\n""three"""\n',
    ],
    ids=["byte order mark", "semicolons", "quotes", "another order and blank lines", "separators in a cell"],
)
def test_a_file_is_read_as_spreadsheets_write_it(api: ApiClient, file: str) -> None:
    assert counts(send(api, file)) == (1, 0, 0)

    [client] = api.get("/clients").body["data"]
    assert (client["name"], client["email"]) == ("Emma", "emma@example.com")
    assert client["notes"] == ('one, two;\n"three"' if "three" in file else None)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (b"", [("/lines/1/name", "must be there"), ("/lines/1/email", "must be there")]),
        ("name\nEmma\n", [("/lines/1/email", "must be there")]),
        ("name,email,colour,name\n", [("/lines/1/colour", "no column"), ("/lines/1/name", "twice")]),
        ("name,email\nEmma,a@b.example,x\nAda\n", [("/lines/2", "has 3 cells"), ("/lines/3", "has 1 cells")]),
        ('name,email\n"Emma,emma@example.com\n', [("/lines/2", "never ends")]),
        ('name,email\n"Emma" Chen,emma@example.com\n', [("/lines/2", "after the end of a quoted text")]),
        (b"name,email\nEmma,a@b.example\nZo\xeb,zoe@example.com\n", [("/lines/3", "is not UTF-8")]),
        (b"name,email\nEm\0ma,a@b.example\n", [("/lines/2", "NUL")]),
        ("name,email\n" + "x" * 140_000 + ",a@b.example\n", [("/lines/2", "too long")]),
        ("name,email\n,\n  ,emma\n", [("/lines/2/name", "required"), ("/lines/2/email", "required"),
                                     ("/lines/3/name", "required"), ("/lines/3/email", "not an e-mail")]),
    ],
    ids=range(10),
)  # fmt: skip
def test_a_file_that_is_wrong_is_refused_with_the_lines_that_are(
    api: ApiClient, conn: Connection, file: str | bytes, expected: list[tuple[str, str]]
) -> None:
    before = everything(conn)

    found = faults(send(api, file))

    assert [pointer for pointer, _, _ in found] == [pointer for pointer, _ in expected]
    assert all(words in detail for (_, words), (_, _, detail) in zip(expected, found, strict=True)), found
    assert all(pointer.split("/")[2] == str(line) for pointer, line, _ in found)
    assert everything(conn) == before


def test_every_bad_line_is_named_by_its_place_in_the_file_and_no_good_one_is_taken(
    api: ApiClient, make: Factory
) -> None:
    make.client(name="Noah", email="noah@example.com")

    refused = send(
        api,
        'name,email,notes,avatarUrl\nEmma,emma@example.com,"two\nlines",\nAda,ada,,\nBea,bea@example.com,,\n'
        "Emma,EMMA@example.com,,\nNoah Berg,noah@example.com,,javascript:alert(1)\nCleo,cleo@example.com,\n",
    )

    assert faults(refused) == [
        ("/lines/4/email", 4, "is not an e-mail address"),
        ("/lines/6/email", 6, "is on line 2 already"),
        ("/lines/7/avatarUrl", 7, "is not an http or https address"),
        ("/lines/8", 8, "has 3 cells, and the header 4"),
    ]
    assert [client["name"] for client in api.get("/clients").body["data"]] == ["Noah"]


def test_an_address_that_comes_twice_is_a_fault_of_the_later_lines(api: ApiClient) -> None:
    file = "name,email\nEmma,emma@example.com\nAda,ada@example.com\nEm,EMMA@example.com\nE,emma@Example.com\n"

    assert faults(send(api, file)) == [
        ("/lines/4/email", 4, "is on line 2 already"),
        ("/lines/5/email", 5, "is on line 2 already"),
    ]


def test_the_address_of_somebody_who_was_erased_is_not_imported(api: ApiClient, make: Factory) -> None:
    client = make.client()
    erased = api.post(f"/clients/{client['id']}/erase").body

    refused = send(api, f"name,email\nEmma Chen,{erased['email']}\nAda,erased-999@erased.invalid\n")

    assert [(line, detail) for _, line, detail in faults(refused)] == [
        (2, "is kept for clients who were erased"),
        (3, "is kept for clients who were erased"),
    ]
    assert api.get(f"/clients/{client['id']}").body == erased


def test_of_many_faults_a_hundred_are_listed_and_all_are_counted(api: ApiClient) -> None:
    refused = send(api, "name,email\n" + "Emma,nobody\n" * 250)

    assert (len(faults(refused)), refused.body["errorCount"]) == (100, 250)
    assert faults(refused)[-1][1] == 101


def test_a_dry_run_says_what_would_come_of_it_and_keeps_nothing(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    make.client(name="Noah", email="noah@example.com")
    before = everything(conn)
    file = "name,email\nEmma,emma@example.com\nNoah Berg,noah@example.com\n"

    dry = send(api, file, query_string={"dryRun": "true"})

    assert dry.body == {"dryRun": True, "lines": 2, "created": 1, "updated": 1, "unchanged": 0}
    assert everything(conn) == before
    assert faults(send(api, "name,email\nEmma,emma\n", query_string={"dryRun": "true"})) != []


def test_an_import_is_one_deed_in_the_feed_of_whoever_manages_clients(api: ApiClient) -> None:
    send(api, "name,email\nEmma,emma@example.com\nAda,ada@example.com\n")
    send(api, "name,email\nEmma,emma@example.com\n")

    [deed] = api.get("/activities").body["data"]

    assert (deed["kind"], deed["subjectType"], deed["details"]) == (
        "CLIENTS_IMPORTED", "CLIENT_IMPORT", {"created": 2, "updated": 0},
    )  # fmt: skip
    assert api.by_role("PHOTOGRAPHER").get("/activities").body["data"] == []


def test_an_import_that_is_sent_again_under_its_key_is_answered_as_before(api: ApiClient) -> None:
    key = {"Idempotency-Key": "file-1"}
    file = "name,email\nEmma,emma@example.com\n"

    first, second = send(api, file, headers=key), send(api, file, headers=key)
    other = send(api, "name,email\nAda,ada@example.com\n", headers=key)
    dry = send(api, file, headers=key, query_string={"dryRun": "true"})

    assert (second.body, second.headers["Idempotent-Replayed"]) == (first.body, "true")
    assert [(answer.status, answer.body["code"]) for answer in (other, dry)] == [(422, "idempotency_key_reused")] * 2


def test_a_file_is_csv(api: ApiClient) -> None:
    refused = api.post("/imports/clients", [{"name": "Emma", "email": "emma@example.com"}])

    assert (refused.status, refused.body["code"]) == (415, "unsupported_media_type")


def test_a_file_may_be_larger_than_other_bodies_and_not_without_bounds(api: ApiClient) -> None:
    note = "x" * 4000
    file = "name,email,notes\n" + "".join(f"Client,c{n}@example.com,{note}\n" for n in range(500))

    assert counts(send(api, file)) == (500, 0, 0)
    for headers in ({}, {"Idempotency-Key": "large"}):
        refused = send(api, b"x" * (20 * 1024 * 1024 + 1), headers=headers)
        assert (refused.status, refused.body["code"]) == (413, "body_too_large")
    refused = api.post("/clients", {"name": "Emma", "email": "e@example.com", "notes": "x" * 2_000_000})
    assert refused.status == 413


def test_a_file_has_fifty_thousand_lines_at_most(api: ApiClient) -> None:
    file = "name,email\n" + "".join(f"C,c{n}@example.com\n" for n in range(50_001))

    assert faults(send(api, file)) == [("/lines/50002", 50_002, "is one too many: a file has 50000 at most")]


def test_ten_thousand_lines_are_refused_for_one_of_the_last_and_taken_without_it(
    api: ApiClient, conn: Connection
) -> None:
    lines = [f"Client {n},c{n}@example.com\n" for n in range(10_000)]

    refused = send(api, "name,email\n" + "".join([*lines[:9_998], "Client,c5@example.com\n", *lines[9_999:]]))
    none = api.get("/clients", query_string={"include": "total"}).body["total"]
    taken = send(api, "name,email\n" + "".join(lines))

    assert (faults(refused), none) == ([("/lines/10000/email", 10_000, "is on line 7 already")], 0)
    assert counts(taken) == (10_000, 0, 0)
