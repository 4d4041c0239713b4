"""The one translation between the database's names and JSON's."""


def camel_case(name: str) -> str:
    """`session_type_id` → `sessionTypeId`."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
