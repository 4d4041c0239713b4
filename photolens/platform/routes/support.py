"""Support: what users ask of the studio, and what is said of it."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.platform.actions import support as actions
from photolens.platform.schemas import support as schemas
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found

blp = Blueprint("Support", __name__, description="Problems that users report, and how the team looks after them.")


@blp.get("/support/problems")
@access.signed_in
@blp.arguments(schemas.SupportProblemList, location="query")
@blp.pages(schemas.SupportProblem)
def list_support_problems(arguments: dict[str, Any]) -> dict[str, Any]:
    """List problems, newest first

    One's own; whoever may manage clients is shown everybody's.
    """
    viewer_id = visibility.support_viewer(access.current_caller())
    return paging.page(connection(), schemas.SupportProblemList, {**arguments, "viewer_id": viewer_id})


@blp.post("/support/problems")
@access.in_person
@blp.refuses(FORBIDDEN)
@blp.arguments(schemas.SupportProblemInput)
@blp.answers(201, schemas.SupportProblem)
def report_support_problem(wish: dict[str, Any]) -> Row:
    """Report a problem"""
    return actions.report_problem(connection(), access.active_caller(), wish)


@blp.get("/support/problems/<id:problem_id>")
@access.signed_in
@blp.answers(200, schemas.SupportProblem)
def get_support_problem(problem_id: int) -> Row:
    """Read a problem"""
    return _problem(problem_id)


@blp.patch("/support/problems/<id:problem_id>")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.refuses(ILLEGAL_TRANSITION)
@blp.arguments(schemas.SupportProblemChanges(partial=True))
@blp.answers(200, schemas.SupportProblem)
def update_support_problem(changes: dict[str, Any], problem_id: int) -> Row:
    """Look after a problem

    Whoever has reported it is told of its status.
    """
    return actions.change_problem(connection(), access.current_caller(), problem_id, changes)


@blp.post("/support/problems/<id:problem_id>/close")
@access.in_person
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION)
@blp.answers(200, schemas.SupportProblem)
def close_support_problem(problem_id: int) -> Row:
    """Close a problem that one has reported oneself"""
    return actions.close_problem(connection(), access.active_caller(), problem_id)


@blp.get("/support/problems/<id:problem_id>/comments")
@access.signed_in
@blp.arguments(schemas.SupportCommentList, location="query")
@blp.pages(schemas.SupportComment)
def list_support_comments(arguments: dict[str, Any], problem_id: int) -> dict[str, Any]:
    """List what was said of a problem, oldest first"""
    _problem(problem_id)
    viewer_id = visibility.support_viewer(access.current_caller())
    return paging.page(
        connection(), schemas.SupportCommentList, {**arguments, "problem_id": problem_id, "viewer_id": viewer_id}
    )


@blp.post("/support/problems/<id:problem_id>/comments")
@access.in_person
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION)
@blp.arguments(schemas.SupportCommentInput)
@blp.answers(201, schemas.SupportComment)
def add_support_comment(wish: dict[str, Any], problem_id: int) -> Row:
    """Say something of a problem

    What its user says takes up again what waited for them, or was resolved. One that is closed is talked about no more,
    but in notes of the team.
    """
    say = actions.note if wish["is_internal"] else actions.comment
    return say(connection(), access.active_caller(), problem_id, wish["body"])


@blp.get("/support/problems/<id:problem_id>/comments/<id:comment_id>")
@access.signed_in
@blp.answers(200, schemas.SupportComment)
def get_support_comment(problem_id: int, comment_id: int) -> Row:
    """Read something that was said of a problem"""
    viewer_id = visibility.support_viewer(access.current_caller())
    row = sql.platform.get_support_comment(
        connection(), problem_id=problem_id, comment_id=comment_id, viewer_id=viewer_id
    )
    comment: Row = found(row, "comment", comment_id)
    return comment


def _problem(problem_id: int) -> Row:
    viewer_id = visibility.support_viewer(access.current_caller())
    row = sql.platform.get_support_problem(connection(), problem_id=problem_id, viewer_id=viewer_id)
    problem: Row = found(row, "problem", problem_id)
    return problem
