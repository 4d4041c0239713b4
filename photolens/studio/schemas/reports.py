"""The JSON of the reports: their period, their rows, and what these come to."""

from marshmallow import fields

from photolens.database import sql
from photolens.fields import (
    Choice,
    Date,
    Email,
    Id,
    Instant,
    Money,
    MoneySum,
    Month,
    Number,
    Output,
    QueryInput,
    Text,
    WholeNumber,
)
from photolens.paging import ListArguments, Order, sort_field
from photolens.studio.schemas import bookings, expenses, staff

FROM = {"description": "The first day. Without one, the first of the month eleven months before the last day."}
FROM_OF_RECEIVABLES = {"description": "The first day. Without one, everything that was issued."}
MARGIN = {"description": "The profit of what was invoiced, in percent; null where nothing was."}
TO = {"description": "The last day, included. Without one, today, or `from` where that lies ahead."}

MANY = 2**31 - 1


class ReportPeriod(QueryInput):
    """The days of a report, at most ten years of them."""

    date_from = Date(data_key="from", load_default=None, example="2026-01-01", metadata=FROM)
    date_to = Date(data_key="to", load_default=None, example="2026-12-31", metadata=TO)


class Report(Output):
    """What every report says of itself: its days, in the studio's time zone, both included; and its currency."""

    date_from = Date(data_key="from", example="2026-01-01")
    date_to = Date(data_key="to", example="2026-12-31")
    currency = Text(3, example="USD")


class Profit(Output):
    """What came in, less what went back; what was spent; and what is left of it."""

    revenue = MoneySum(signed=True, example="7300.00")
    expenses = MoneySum(example="850.00")
    profit = MoneySum(signed=True, example="6450.00")


class MonthlyProfit(Output):
    """The profit of a month."""

    month = Month()
    revenue = MoneySum(signed=True, example="7300.00")
    expenses = MoneySum(example="850.00")
    profit = MoneySum(signed=True, example="6450.00")


class CategoryExpenses(Output):
    """What was spent on a category of expenses."""

    category = Choice(*expenses.CATEGORIES)
    amount = MoneySum(example="850.00")


class ProfitAndLoss(Report):
    """Money that came in and was spent, month by month."""

    data = fields.List(fields.Nested(MonthlyProfit))
    totals = fields.Nested(Profit)
    expenses_by_category = fields.List(fields.Nested(CategoryExpenses))


class CategoryRevenue(Output):
    """What came in, less what went back, for a category of sessions."""

    category_id = Id(nullable=True, metadata={"description": "null for invoices without a booking."})
    category_name = Text(100, example="Weddings")
    revenue = MoneySum(signed=True, example="7300.00")
    bookings = WholeNumber(0, MANY, example=4, metadata={"description": "Bookings that were paid on."})
    share_percent = Number(
        nullable=True, metadata={"description": "Of the total, in percent; null where that is nothing, or less."}
    )


class MonthlyRevenue(Output):
    """What came in during a month, less what went back."""

    month = Month()
    revenue = MoneySum(signed=True, example="7300.00")


class RevenueTotals(Output):
    """What came in, less what went back, and on how many bookings money came in."""

    revenue = MoneySum(signed=True, example="7300.00")
    bookings = WholeNumber(0, MANY, example=4)


class RevenueByCategory(Report):
    """Money that came in, by category of sessions and by month."""

    data = fields.List(fields.Nested(CategoryRevenue))
    totals = fields.Nested(RevenueTotals)
    months = fields.List(fields.Nested(MonthlyRevenue))


class BookingProfit(Output):
    """What a booking brought and cost."""

    id = Id()
    session_date = Instant()
    client_id = Id()
    client_name = Text(200, example="Emma Chen")
    session_type_id = Id()
    session_type_name = Text(200, example="Full Day Wedding")
    status = Choice(*bookings.STATUSES)
    price = Money(example="3200.00")
    invoiced = MoneySum(example="6400.00", metadata={"description": "On invoices that were issued and not voided."})
    paid = MoneySum(example="3200.00")
    expenses = MoneySum(example="850.00")
    profit = MoneySum(signed=True, example="5550.00", metadata={"description": "What was invoiced, less the expenses."})
    margin_percent = Number(nullable=True, example=86.72, metadata=MARGIN)


class BookingProfitTotals(Output):
    """What bookings brought and cost."""

    invoiced = MoneySum(example="6400.00")
    paid = MoneySum(example="3200.00")
    expenses = MoneySum(example="850.00")
    profit = MoneySum(signed=True, example="5550.00")
    margin_percent = Number(nullable=True, example=86.72, metadata=MARGIN)


class BookingProfitability(Report):
    """What the page of bookings stands in."""

    totals = fields.Nested(BookingProfitTotals)


class BookingProfitList(ListArguments, ReportPeriod):
    """The bookings with a session in the period."""

    orders = {"sessionDate": Order(sql.studio.list_booking_profits, "sessionDate")}
    count = sql.studio.count_booking_profits
    sort = sort_field(orders)


class ReceivablesPeriod(ReportPeriod):
    """When the invoices were issued."""

    date_from = Date(data_key="from", load_default=None, example="2026-01-01", metadata=FROM_OF_RECEIVABLES)


class ClientBalance(Output):
    """What a client owes, by the days for which it has been due."""

    client_id = Id()
    client_name = Text(200, example="Emma Chen")
    client_email = Email()
    invoices = WholeNumber(1, MANY, example=2)
    balance = MoneySum(example="1250.00")
    current = MoneySum(example="1250.00", metadata={"description": "Not due yet, or on no day."})
    days_1_to_30 = MoneySum(example="0.00")
    days_31_to_60 = MoneySum(example="0.00")
    days_61_plus = MoneySum(example="0.00")


class ReceivablesTotals(Output):
    """What all clients owe, also those who are not in `data`, and on how many invoices."""

    clients = WholeNumber(0, MANY, example=1)
    invoices = WholeNumber(0, MANY, example=2)
    balance = MoneySum(example="1250.00")
    current = MoneySum(example="1250.00")
    current_invoices = WholeNumber(0, MANY, example=2)
    days_1_to_30 = MoneySum(example="0.00")
    days_1_to_30_invoices = WholeNumber(0, MANY)
    days_31_to_60 = MoneySum(example="0.00")
    days_31_to_60_invoices = WholeNumber(0, MANY)
    days_61_plus = MoneySum(example="0.00")
    days_61_plus_invoices = WholeNumber(0, MANY)


class Receivables(Report):
    """What is owed at the end of a day: of the two hundred clients who owe most, and in all."""

    date_from = Date(data_key="from", nullable=True, example="2026-01-01")
    as_of = Date(example="2026-12-31", metadata={"description": "`to`, or today where that lies ahead."})
    data = fields.List(fields.Nested(ClientBalance))
    totals = fields.Nested(ReceivablesTotals)


class TeamTotals(Output):
    """What the team did: each booking counted once, whoever is on it, and jobs also that nobody has."""

    bookings = WholeNumber(0, MANY, example=12, metadata={"description": "Sessions that are not cancelled."})
    completed_bookings = WholeNumber(0, MANY, example=9)
    delivered_jobs = WholeNumber(0, MANY, example=7, metadata={"description": "Delivered for the first time."})
    mean_editing_days = Number(
        nullable=True,
        example=6.5,
        metadata={"description": "From the opening of a job to its first delivery; null where none was delivered."},
    )
    new_clients = WholeNumber(0, MANY, example=3)


class TeamMember(Output):
    """What a member of the team did."""

    staff_id = Id()
    staff_name = Text(200, example="Lena Hoffmann")
    role = Choice(*staff.ROLES)
    status = Choice(*staff.STATUSES)
    bookings = WholeNumber(0, MANY, example=12)
    completed_bookings = WholeNumber(0, MANY, example=9)
    delivered_jobs = WholeNumber(0, MANY, example=7)
    mean_editing_days = Number(nullable=True, example=6.5)


class MonthlyClients(Output):
    """How many clients were new in a month."""

    month = Month()
    clients = WholeNumber(0, MANY, example=3)


class TeamReport(Report):
    """What everybody did, and the new clients month by month."""

    data = fields.List(fields.Nested(TeamMember))
    totals = fields.Nested(TeamTotals)
    new_clients = fields.List(fields.Nested(MonthlyClients))
