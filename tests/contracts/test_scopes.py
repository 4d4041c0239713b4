"""What is read of bookings, clients, editing jobs and the feed is read for a viewer, through one rule for each."""

import ast
import re

from photolens.embedded import ROOT
from tests.contracts.named_queries import QUERIES, NamedQuery
from tests.contracts.test_call_sites import uses

READING = {"get", "list", "stream", "count", "sum", "exists"}

# What not everybody who may read it at all is shown the whole of, and the views on it.
SHOWN_IN_PART = re.compile(
    r"\b(bookings|booking_details|booking_profits|clients|client_contacts|client_contact_details|work_packages"
    r"|editing_jobs|editing_job_details|editing_status_logs|editing_revisions|first_deliveries|photo_selections|staff_assignments"
    r"|activities)\b|_(seen_by|shown)\("
)

FOR_CHANGES = "asked by an action, whose route demands the permission to manage all of it"
FOR_THE_CALENDAR = "whoever may look for a free time is shown all bookings"
OF_INVOICES = "whoever is shown invoices is shown all of them, and whom they are for"
WHOLE_STUDIO = "of a report: who is permitted to see those is permitted to see the whole studio's figures"
FOR_THE_CLIENT = "of the document that only whoever is shown everybody's rows may have made"
OF_WHO_ASKS = "tells who is asking"
UNSCOPED = {
    "billing.count_invoices": OF_INVOICES,
    "billing.get_invoice_document": OF_INVOICES,
    "billing.list_invoices_by_due_date": OF_INVOICES,
    "billing.list_invoices_by_due_date_desc": OF_INVOICES,
    "billing.list_invoices_by_issue_date": OF_INVOICES,
    "billing.list_invoices_by_issue_date_desc": OF_INVOICES,
    "studio.count_booking_profits": WHOLE_STUDIO,
    "studio.list_activities_of_client": FOR_THE_CLIENT,
    "studio.list_bookings_of_client": FOR_THE_CLIENT,
    "studio.list_contacts_of_client": FOR_THE_CLIENT,
    "studio.list_editing_jobs_of_client": FOR_THE_CLIENT,
    "studio.list_editing_revisions_of_client": FOR_THE_CLIENT,
    "studio.list_editing_statuses_of_client": FOR_THE_CLIENT,
    "studio.list_messages_of_client": FOR_THE_CLIENT,
    "studio.list_photo_jobs_of_client": FOR_THE_CLIENT,
    "studio.list_photo_selections_of_client": FOR_THE_CLIENT,
    "studio.list_work_packages_of_client": FOR_THE_CLIENT,
    "platform.get_marks": "tells nobody: where to begin to look for what comes after",
    "identity.get_api_token_caller": OF_WHO_ASKS,
    "identity.get_recipient": "tells nobody: it decides where a link leads",
    "identity.get_session_caller": OF_WHO_ASKS,
    "photos.list_photo_jobs_about": FOR_CHANGES,
    "studio.count_editing_statuses": FOR_CHANGES,
    "studio.exists_contact_with_account": FOR_CHANGES,
    "studio.get_contact_invite": "asked by whoever holds the link",
    "studio.get_names_of_contacts": FOR_CHANGES,
    "studio.exists_erased_client_of_booking": FOR_CHANGES,
    "studio.exists_staff_assignment": FOR_CHANGES,
    "studio.exists_work_of_staff_member": FOR_CHANGES,
    "studio.get_booking_profit_totals": WHOLE_STUDIO,
    "studio.get_booking_series": FOR_THE_CALENDAR,
    "studio.get_receivables_totals": WHOLE_STUDIO,
    "studio.get_revenue_totals": WHOLE_STUDIO,
    "studio.get_team_totals": WHOLE_STUDIO,
    "studio.list_booking_conflicts": FOR_CHANGES,
    "studio.list_booking_names": FOR_CHANGES,
    "studio.list_booking_profits": WHOLE_STUDIO,
    "studio.list_booking_staff": FOR_CHANGES,
    "studio.list_bookings_starting": FOR_CHANGES,
    "studio.list_free_slots": FOR_THE_CALENDAR,
    "studio.list_new_clients_by_month": WHOLE_STUDIO,
    "studio.list_receivables": WHOLE_STUDIO,
    "studio.list_revenue_by_category": WHOLE_STUDIO,
    "studio.list_team_figures": WHOLE_STUDIO,
}

OWN_RULE = {
    # The same rule, on the table itself: a number need not join what a row shows.
    "studio.count_bookings",
    "studio.get_upcoming_bookings_figure",
    # A part of a booking, for whoever is on that booking too.
    "studio.get_staff_assignment",
}

PARTLY = {
    name: query
    for name, query in QUERIES.items()
    if query.verb in READING
    # The portal's are read as a role to which the database shows the rows of one client: tests/portal.
    and query.domain != "portal"
    and not query.name.startswith("list_broken_")
    and SHOWN_IN_PART.search(query.code)
}


def _rule(query: NamedQuery) -> str | None:
    """Through which function a query reads, for the viewer that it is given."""
    match = re.search(r"\b(\w+_(?:seen_by|shown))\((?:%\(\w+\)s, )*%\(viewer_id\)s", query.code)
    return match[1] if match else None


def test_a_query_that_reads_what_is_shown_in_part_takes_a_viewer() -> None:
    assert {name for name, query in PARTLY.items() if "viewer_id" not in query.parameters} == UNSCOPED.keys()


def test_a_query_for_a_viewer_reads_through_the_one_rule_of_its_rows() -> None:
    assert {name for name, query in PARTLY.items() if _rule(query) is None} == UNSCOPED.keys() | OWN_RULE


def test_a_query_for_a_viewer_reads_past_its_rule_only_what_hangs_on_the_rows_it_has() -> None:
    past = {
        name: {
            source
            for source in re.findall(r"\b(?:from|join) (\w+)\b(?!\()", query.code)
            if SHOWN_IN_PART.search(source)
        }
        for name, query in PARTLY.items()
        if _rule(query) is not None
    }

    assert {name: sources for name, sources in past.items() if sources} == {
        # Whom they are for, by name, where that is searched for.
        **{name: {"clients", "staff_assignments"} for name in PARTLY if name.startswith("studio.list_bookings_by_")},
        **{name: {"bookings", "clients"} for name in PARTLY if name.startswith("studio.list_editing_jobs_by_")},
        **{
            f"studio.{name}": {"editing_revisions"}
            for name in (
                "get_editing_revision",
                "list_editing_revisions_by_requested_at_desc",
                "count_editing_revisions",
            )
        },
        # By which transaction they were written.
        "platform.get_what_followed": {"activities"},
        "studio.get_editing_job": {"editing_status_logs", "editing_revisions", "photo_selections"},
        # Whose job it is, beside the rule of bookings.
        "studio.exists_booking_of_selections": {"editing_jobs"},
        "studio.list_editing_board": {"bookings", "clients"},
        "studio.count_editing_jobs": {"bookings", "clients"},
        # What the jobs that are shown were before.
        "studio.get_editing_queue_figure": {"editing_status_logs"},
        # Names and addresses, of the bookings that are shown.
        "studio.stream_bookings": {"clients", "staff_assignments"},
        # The viewer's own part in each.
        "studio.list_calendar_sessions": {"staff_assignments"},
        # Whether the client of a booking that is shown has been erased.
        "photos.exists_booking": {"clients"},
        # Where the list begins, backwards: a name to start from, which is not answered.
        "studio.list_clients_by_name_desc": {"clients"},
        "studio.list_contacts_by_name_desc": {"client_contacts"},
    }


def test_a_query_that_locks_for_a_viewer_asks_for_both() -> None:
    viewers = {
        name: query.parameters & {"viewer_id", "viewing_editor_id"}
        for name, query in QUERIES.items()
        if query.verb == "lock" and query.parameters & {"viewer_id", "viewing_editor_id"}
    }

    assert viewers == {
        name: {"viewer_id", "viewing_editor_id"} for name in ("studio.lock_editing_job", "studio.lock_photo_selection")
    }


def test_each_rule_stands_in_the_schema_once() -> None:
    defined = re.findall(
        r"^create function (\w+_(?:seen_by|shown))\(",
        "\n".join(file.read_text() for file in (ROOT / "schema").glob("*.sql")),
        re.MULTILINE,
    )

    assert sorted(defined) == sorted({rule for query in PARTLY.values() if (rule := _rule(query))})


def test_a_route_or_a_screen_reads_for_the_viewer_whom_the_rules_name() -> None:
    careless = [
        str(use)
        for use in uses()
        if {"routes", "routes.py", "screens", "screens.py"} & {*use.file.parts}
        and use.query_name in PARTLY.keys() - UNSCOPED.keys()
        and not _is_for_a_viewer(use.call)
    ]

    assert careless == []


def _is_for_a_viewer(call: ast.Call | None) -> bool:
    """Whether a call passes as its viewer what was worked out, and no None that was written there."""
    given = {keyword.arg: keyword.value for keyword in call.keywords} if call else {}
    return isinstance(given.get("viewer_id"), ast.Name)
