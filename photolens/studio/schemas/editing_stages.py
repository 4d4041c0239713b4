"""The JSON of the columns of the editing board."""

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Output, Text, WholeNumber
from photolens.paging import ListArguments, Order, sort_field
from photolens.studio.rules import ON_THE_BOARD

COLOURS = ("SLATE", "YELLOW", "BLUE", "PURPLE", "GREEN")


class EditingStageInput(Input):
    """A stage, as it is added or changed."""

    name = Text(100, required=True, example="Second look")
    colour = Choice(*COLOURS, load_default="SLATE", metadata={"example": "PURPLE"})
    position = WholeNumber(
        1,
        1000,
        load_default=None,
        example=4,
        metadata={
            "description": "From 1; the others make room. A new stage without one, or one past the end, is last."
        },
    )
    status = Choice(
        *ON_THE_BOARD,
        required=True,
        metadata={"example": "IN_PROGRESS", "description": "What jobs in this stage are said to be."},
    )
    awaits_selection = Flag(
        load_default=False,
        metadata={
            "example": False,
            "description": "Jobs wait here until the client has chosen; only of a stage that is PENDING.",
        },
    )
    awaits_approval = Flag(
        load_default=False,
        metadata={
            "example": True,
            "description": "Jobs wait here for the client, in the portal; only of a stage that is IN_PROGRESS.",
        },
    )


class EditingStageSummary(Output):
    """A column of the editing board."""

    id = Id()
    name = Text(100, example="Client Review")
    colour = Choice(*COLOURS)
    position = WholeNumber(1, 1000, example=4)
    status = Choice(*ON_THE_BOARD, metadata={"example": "IN_PROGRESS"})
    awaits_selection = Flag(metadata={"example": False})
    awaits_approval = Flag(metadata={"example": True})


class EditingStage(EditingStageSummary):
    """A column of the editing board: jobs that are in it have its status."""

    created_at = Instant()
    updated_at = Instant()


class EditingStageList(ListArguments):
    """The order of the stages."""

    orders = {"position": Order(sql.studio.list_editing_stages_by_position, "position")}
    count = sql.studio.count_editing_stages
    sort = sort_field(orders)
