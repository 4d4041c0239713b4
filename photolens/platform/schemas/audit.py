"""The JSON of the audit trail, and of the feed of changes."""

from marshmallow import fields

from photolens.database import sql
from photolens.fields import MAX_ID, Choice, Flag, Id, Instant, Output, QueryInput, Text, Uuid, WholeNumber
from photolens.paging import ARCHIVED, ListArguments, Order, sort_field

OPERATIONS = ("INSERT", "UPDATE", "DELETE")
ROW = {"id": 7, "name": "Emma Chen", "email": "emma.chen@example.com"}


class AuditLogList(ListArguments):
    """Filters and orders of the audit trail."""

    orders = {"-recordedAt": Order(sql.platform.list_audit_logs, "recordedAt", ARCHIVED)}
    count = sql.platform.count_audit_logs
    sort = sort_field(orders)
    table_name = Text(63, load_default=None, example="clients")
    row_id = Text(200, load_default=None, example="7")
    operation = Choice(*OPERATIONS, load_default=None)
    actor_id = Uuid(load_default=None)
    request_id = Text(200, load_default=None, example="5f2c9a7be6f84c4d8f3b2a1c0d9e8f77")


class AuditLog(Output):
    """A change of one row: who made it, when, for which request; what was there before, and after."""

    id = Id(metadata={"description": "One more than that of the change before: there is no gap."})
    recorded_at = Instant()
    table_name = Text(63, example="clients")
    row_id = Text(200, example="7")
    operation = Choice(*OPERATIONS)
    actor_id = Uuid(nullable=True)
    actor = Text(
        200, example="Rosa Delgado", metadata={"description": "Their present name; or Photolens, or a database login."}
    )
    request_id = Text(200, nullable=True, example="5f2c9a7be6f84c4d8f3b2a1c0d9e8f77")
    before = fields.Dict(
        allow_none=True,
        metadata={
            "example": {"name": "Emma Chan"},
            "description": "Columns as they were: of an UPDATE those it changed, of a DELETE all.",
        },
    )
    after = fields.Dict(allow_none=True, metadata={"example": ROW, "description": "All columns as they are since."})
    erased_at = Instant(
        nullable=True, metadata={"description": "When before and after were erased, since they named somebody."}
    )


class ChangesArguments(QueryInput):
    """From where on the feed is read."""

    after = WholeNumber(
        0,
        MAX_ID,
        load_default=0,
        example=4711,
        metadata={"description": "`lastId` of the answer before; 0 is the start."},
    )
    limit = WholeNumber(1, 1000, load_default=200, example=200)


class Change(Output):
    """A row as it is since a change; null where it is gone, or what it held was erased."""

    id = Id()
    recorded_at = Instant()
    table_name = Text(63, example="clients")
    row_id = Text(200, example="7")
    operation = Choice(*OPERATIONS)
    data = fields.Dict(allow_none=True, metadata={"example": ROW, "description": "Keys and values as in the API."})
    erased_at = Instant(nullable=True)


class Changes(Output):
    """A piece of the feed."""

    data = fields.List(fields.Nested(Change))
    last_id = WholeNumber(0, MAX_ID, example=4911, metadata={"description": "What to send as `after` next."})
    has_more = Flag(metadata={"description": "Whether there is more already."})
