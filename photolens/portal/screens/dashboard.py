"""What the portal's first page shows."""

from photolens.database import Connection, Row, sql


def dashboard(conn: Connection) -> Row:
    """What the client owes, what comes next, and what waits for them, on a connection of the portal: of one moment."""
    return {
        "openBalances": sql.portal.list_open_balances(conn),
        "overdueInvoices": sql.portal.list_open_invoices_past_due(conn),
        "nextInvoices": sql.portal.list_open_invoices_to_come(conn),
        "upcomingBookings": sql.portal.list_upcoming_bookings(conn),
        "awaitedSelections": sql.portal.list_bookings_awaiting_selection(conn),
        "jobsInReview": sql.portal.list_editing_jobs_in_review(conn),
    }
