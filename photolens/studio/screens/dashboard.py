"""The dashboard: the studio at a glance, as far as the caller may see it."""

from photolens import visibility
from photolens.access import Caller, Permission
from photolens.database import Connection, Row, snapshot, sql
from photolens.studio.rules import compared


def dashboard(conn: Connection, caller: Caller, days: int) -> Row:
    """Each figure beside that of as many days before, what comes next and what was done last; in one snapshot."""
    with snapshot(conn):
        calendar = sql.studio.get_dashboard_calendar(conn, days=days)
        return {
            "days": days,
            "today": calendar["today"],
            "currency": calendar["currency"],
            **_money(conn, caller, calendar),
            **_bookings(conn, caller, calendar),
            **_editing(conn, caller, calendar),
            "latestActivities": _activities(conn, caller),
        }


def _money(conn: Connection, caller: Caller, calendar: Row) -> Row:
    if not caller.may(Permission.VIEW_INVOICES):
        return dict.fromkeys(("revenue", "overdueInvoices", "monthlyRevenue"))
    revenue = sql.studio.get_revenue_figure(
        conn,
        previous_starts_at=calendar["previousStartsAt"],
        starts_at=calendar["startsAt"],
        ends_at=calendar["endsAt"],
    )
    overdue = sql.studio.get_overdue_figure(
        conn,
        today=calendar["today"],
        ends_at=calendar["endsAt"],
        day_then=calendar["dayThen"],
        day_then_ends_at=calendar["startsAt"],
    )
    return {
        "revenue": compared(revenue["value"], revenue["previous"]),
        "overdueInvoices": {
            **compared(overdue["value"], overdue["previous"]),
            "count": overdue["count"],
            "previousCount": overdue["previousCount"],
        },
        "monthlyRevenue": sql.studio.list_revenue_by_month(
            conn, date_from=calendar["firstMonth"], date_to=calendar["today"]
        ),
    }


def _bookings(conn: Connection, caller: Caller, calendar: Row) -> Row:
    if not caller.may(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF):
        return dict.fromkeys(("upcomingBookings", "nextBookings"))
    viewer_id = visibility.booking_viewer(caller)
    upcoming = sql.studio.get_upcoming_bookings_figure(
        conn,
        time_then=calendar["timeThen"],
        now=calendar["now"],
        time_ahead=calendar["timeAhead"],
        viewer_id=viewer_id,
    )
    return {
        "upcomingBookings": compared(upcoming["value"], upcoming["previous"]),
        "nextBookings": sql.studio.list_next_bookings(conn, viewer_id=viewer_id),
    }


def _editing(conn: Connection, caller: Caller, calendar: Row) -> Row:
    if not caller.may(Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF):
        return {"editingQueue": None}
    viewer_id, viewing_editor_id = visibility.editing_viewers(caller)
    queue = sql.studio.get_editing_queue_figure(
        conn, time_then=calendar["timeThen"], viewer_id=viewer_id, viewing_editor_id=viewing_editor_id
    )
    return {"editingQueue": compared(queue["value"], queue["previous"])}


def _activities(conn: Connection, caller: Caller) -> list[Row]:
    viewer_id = visibility.client_viewer(caller)
    _, viewing_editor_id = visibility.editing_viewers(caller)
    rows: list[Row] = sql.studio.list_latest_activities(
        conn,
        subject_types=visibility.subjects_shown(caller),
        viewer_id=viewer_id,
        viewing_editor_id=viewing_editor_id,
    )
    return rows
