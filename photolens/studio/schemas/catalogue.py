"""The JSON of session categories and packages."""

from marshmallow import fields, validate

from photolens.database import sql
from photolens.fields import Flag, Id, Input, Instant, Money, Output, Text, WholeNumber
from photolens.paging import ListArguments, Order, search_field, sort_field


class SessionCategoryInput(Input):
    """A session category, as it is created or changed."""

    name = Text(100, required=True, example="Weddings")


class SessionCategory(Output):
    """A kind of session, which its packages belong to."""

    id = Id()
    name = Text(100, example="Weddings")
    created_at = Instant()
    updated_at = Instant()


class SessionCategoryList(ListArguments):
    """Filters and orders of the session categories."""

    orders = {
        "name": Order(sql.studio.list_session_categories_by_name, "name"),
        "-name": Order(sql.studio.list_session_categories_by_name_desc, "name"),
    }
    count = sql.studio.count_session_categories
    sort = sort_field(orders)
    q = search_field()


class SessionPackageInput(Input):
    """A session package, as it is created or changed."""

    category_id = Id(required=True)
    name = Text(200, required=True, example="Full Day Wedding")
    description = Text(5000, nullable=True, load_default=None, example="Ten hours, two photographers.")
    price = Money(required=True, example="3200.00")
    duration_minutes = WholeNumber(1, 44640, load_default=90, example=600)
    inclusions = fields.List(
        Text(200, example="500 edited photos"), load_default=list, validate=validate.Length(max=50)
    )
    is_active = Flag(load_default=True)


class SessionPackage(Output):
    """What a client can book: a price, a length, and what it includes."""

    id = Id()
    category_id = Id()
    category_name = Text(100, example="Weddings")
    name = Text(200, example="Full Day Wedding")
    description = Text(5000, nullable=True, example="Ten hours, two photographers.")
    price = Money(example="3200.00")
    duration_minutes = WholeNumber(1, 44640, example=600)
    inclusions = fields.List(Text(200, example="500 edited photos"))
    is_active = Flag()
    created_at = Instant()
    updated_at = Instant()


class SessionPackageList(ListArguments):
    """Filters and orders of the session packages."""

    orders = {
        "name": Order(sql.studio.list_session_packages_by_name, "name"),
        "-name": Order(sql.studio.list_session_packages_by_name_desc, "name"),
        "price": Order(sql.studio.list_session_packages_by_price, "price"),
        "-price": Order(sql.studio.list_session_packages_by_price_desc, "price"),
    }
    count = sql.studio.count_session_packages
    sort = sort_field(orders)
    q = search_field()
    category_id = Id(load_default=None)
    is_active = Flag(load_default=None)
