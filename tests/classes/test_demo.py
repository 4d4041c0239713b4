"""The demo's gyms, classes, members and subscriptions."""

from typing import Any

from photolens.invariants import broken_invariants
from tests.conftest import SeededStudio


def column(studio: SeededStudio, statement: str) -> list[Any]:
    return [next(iter(row.values())) for row in studio.conn.execute(statement.encode()).fetchall()]


def test_all_that_is_derived_is_true_and_the_books_are_right(seeded_studio: SeededStudio) -> None:
    assert broken_invariants(seeded_studio.conn) == []


def test_there_are_two_gyms_that_are_rated_and_one_takes_an_induction(seeded_studio: SeededStudio) -> None:
    gyms = seeded_studio.api.by_token(None).get("/gyms").body["data"]

    assert [(gym["name"], gym["requiresInduction"]) for gym in gyms] == [
        ("Canal Studio", False),
        ("Mercer Street Gym", True),
    ]
    for gym in gyms:
        whole = seeded_studio.api.by_token(None).get(f"/gyms/{gym['id']}").body
        assert len(whole["openingHours"]) == 7
        assert [trainer["ratingCount"] > 0 for trainer in whole["trainers"]] == [True, True]
        assert whole["equipment"]
        assert gym["ratingCount"] > 5


def test_there_are_classes_around_today_and_those_that_have_ended_are_over(seeded_studio: SeededStudio) -> None:
    [around] = column(
        seeded_studio,
        "select count(*) from class_sessions where abs(extract(epoch from start_time - now())) < 15 * 86400",
    )
    left = column(
        seeded_studio,
        "select id from class_sessions where status = 'SCHEDULED' and start_time <= now() - interval '1 hour'",
    )

    assert around > 4 * 28
    assert left == []


def test_one_class_is_full_with_three_waiting_and_one_is_called_off_and_given_back(
    seeded_studio: SeededStudio,
) -> None:
    full = column(
        seeded_studio, "select waiting from class_sessions where places_taken = capacity and status = 'SCHEDULED'"
    )
    given_back = column(
        seeded_studio,
        """
        select count(credit_transactions.id)
        from class_sessions
        inner join session_bookings on class_sessions.id = session_bookings.session_id
        left join credit_transactions on session_bookings.id = session_booking_id and kind = 'REFUND'
        where class_sessions.status = 'CANCELLED'
        """,
    )

    assert full == [3]
    assert given_back == [3]


def test_of_each_status_there_is_a_place_that_was_paid(seeded_studio: SeededStudio) -> None:
    booked = "select distinct status::text from session_bookings where credit_cost > 0"

    assert column(seeded_studio, f"select unnest(enum_range(null::session_booking_status))::text except {booked}") == []
    # The demo's customer has what they had: the README says so.
    assert column(
        seeded_studio, "select credits::text from user_credits join auth_users on id = user_id where name = 'Emma Chen'"
    ) == ["18.50"]


def test_four_subscribe_and_what_they_were_granted_expires_with_its_period(seeded_studio: SeededStudio) -> None:
    subscriptions = column(seeded_studio, "select source || ' ' || status from subscriptions order by 1")
    other = column(
        seeded_studio,
        """
        select subscription_grants.id
        from subscription_grants
        left join credit_transactions on subscription_grants.id = subscription_grant_id
        left join credit_lots on credit_transactions.id = transaction_id
        where (credit_lots.amount, expires_at) is distinct from (credits, period_end)
        """,
    )
    expired = column(seeded_studio, "select count(*) from credit_transactions where kind = 'EXPIRY'")

    assert subscriptions == ["ADMIN ACTIVE", "ADMIN ACTIVE", "ADMIN CANCELLED", "STRIPE PAST_DUE"]
    assert other == []
    assert expired[0] > 0


def test_members_were_told_things_and_have_asked_for_help(seeded_studio: SeededStudio) -> None:
    told = column(seeded_studio, "select distinct type::text from notifications order by 1")
    asked = column(seeded_studio, "select count(*) from support_problems")
    among_the_team = column(seeded_studio, "select count(*) from support_comments where is_internal")

    assert told == ["CLASS_BOOKED", "CLASS_CANCELLED", "CREDITS_GRANTED"]
    assert (asked, among_the_team) == ([3], [2])
