"""The JSON of what spaces are: their kinds, and what branches and offerings have."""

from photolens.fields import Choice, Id, Input, Output, Text

SERVICES = ("HOT_DESK", "PRIVATE_OFFICE", "MEETING_ROOM")


class ServiceInput(Input):
    """What an administrator says of a kind of space."""

    description = Text(2000, nullable=True, load_default=None, example="A room with a table for a team.")


class Service(Output):
    """A kind of space, which vendors offer at their branches."""

    id = Id()
    name = Choice(*SERVICES)
    description = Text(2000, nullable=True, example="A room with a table for a team.")


class FacilityInput(Input):
    """Something that can be found at a branch."""

    name = Text(100, required=True, example="Parking")


class Facility(Output):
    """Something that can be found at a branch."""

    id = Id()
    name = Text(100, example="Parking")


class FeatureInput(Input):
    """Something that an offering can have."""

    name = Text(100, required=True, example="Whiteboard")


class Feature(Output):
    """Something that an offering has."""

    id = Id()
    name = Text(100, example="Whiteboard")
