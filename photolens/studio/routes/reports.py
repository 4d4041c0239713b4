"""The reports, as JSON and as CSV."""

from typing import Any

from photolens import access
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection
from photolens.studio.schemas import reports as schemas
from photolens.studio.screens import reports as screens

blp = Blueprint(
    "Reports", __name__, description="The whole studio's figures; `Accept: text/csv` gives the rows as CSV."
)


@blp.get("/reports/profit-and-loss")
@access.requires(Permission.VIEW_REPORTS)
@blp.arguments(schemas.ReportPeriod, location="query")
@blp.answers(200, schemas.ProfitAndLoss, table=schemas.MonthlyProfit)
def get_profit_and_loss(period: dict[str, Any]) -> Row:
    """Report profit and loss

    Money counts when it was paid, and when an expense was incurred; every month of the period is there.
    """
    return screens.profit_and_loss(connection(), **period)


@blp.get("/reports/revenue-by-category")
@access.requires(Permission.VIEW_REPORTS)
@blp.arguments(schemas.ReportPeriod, location="query")
@blp.answers(200, schemas.RevenueByCategory, table=schemas.CategoryRevenue)
def get_revenue_by_category(period: dict[str, Any]) -> Row:
    """Report revenue by category

    What was paid in the period, by the category of the booking it was paid for. Every category and month is there.
    """
    return screens.revenue_by_category(connection(), **period)


@blp.get("/reports/booking-profitability")
@access.requires(Permission.VIEW_REPORTS)
@blp.arguments(schemas.BookingProfitList, location="query")
@blp.pages(schemas.BookingProfit, beside=schemas.BookingProfitability, as_table=True)
def list_booking_profitability(arguments: dict[str, Any]) -> Row:
    """Report the profit of each booking

    With a session in the period; one that was cancelled only if it was invoiced or cost something. `totals` are of all
    of them, whatever page is shown. As CSV it is a page too: the `Link` header leads to the next.
    """
    return screens.booking_profitability(connection(), arguments)


@blp.get("/reports/receivables")
@access.requires(Permission.VIEW_REPORTS)
@blp.arguments(schemas.ReceivablesPeriod, location="query")
@blp.answers(200, schemas.Receivables, table=schemas.ClientBalance)
def get_receivables(period: dict[str, Any]) -> Row:
    """Report what is owed, by age

    The balance at the end of `to` of what was issued in the period: what was paid later is still owed. The two hundred
    clients who owe most; `totals` are of all.
    """
    return screens.receivables(connection(), **period)


@blp.get("/reports/team")
@access.requires(Permission.VIEW_REPORTS)
@blp.arguments(schemas.ReportPeriod, location="query")
@blp.answers(200, schemas.TeamReport, table=schemas.TeamMember)
def get_team_report(period: dict[str, Any]) -> Row:
    """Report what the team did

    Of everybody who is active or did something: bookings with a session in the period, and jobs first delivered in it.
    """
    return screens.team(connection(), **period)
