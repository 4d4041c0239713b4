"""What is said of classes."""

from typing import Any

from photolens import access, paging
from photolens.api import Blueprint
from photolens.classes import problems
from photolens.classes.actions import reviews as actions
from photolens.classes.schemas import reviews as schemas
from photolens.database import Row, connection, sql
from photolens.problems import FORBIDDEN, found

blp = Blueprint("Reviews of classes", __name__, description="What those who were there say: for everybody to read.")


@blp.get("/classes/<id:class_session_id>/reviews")
@access.public
@blp.arguments(schemas.ClassReviewList, location="query")
@blp.pages(schemas.ClassReview)
def list_class_reviews(arguments: dict[str, Any], class_session_id: int) -> dict[str, Any]:
    """List what is said of a class, newest first"""
    is_there = sql.classes.exists_session_of_reviews(connection(), session_id=class_session_id)
    found(is_there or None, "class", class_session_id)
    return paging.page(connection(), schemas.ClassReviewList, {**arguments, "session_id": class_session_id})


@blp.post("/classes/<id:class_session_id>/reviews")
@access.in_person
@blp.arguments(schemas.ClassReviewInput)
@blp.refuses(FORBIDDEN, problems.TOO_EARLY, problems.NOT_ATTENDED, problems.TOO_LATE, problems.ALREADY_REVIEWED)
@blp.answers(201, schemas.ClassReview)
def review_class(review: dict[str, Any], class_session_id: int) -> Row:
    """Say what a class was like

    By somebody who was checked in, once, within 30 days of its end. One or two stars take a comment.
    """
    return actions.create_review(connection(), access.active_caller().user_id, class_session_id, review)


@blp.get("/classes/<id:class_session_id>/reviews/<id:review_id>")
@access.public
@blp.answers(200, schemas.ClassReview)
def get_class_review(class_session_id: int, review_id: int) -> Row:
    """Read what somebody says of a class"""
    review = sql.classes.get_review(connection(), session_id=class_session_id, review_id=review_id)
    return found(review, "review", review_id)


@blp.patch("/classes/<id:class_session_id>/reviews/<id:review_id>")
@access.in_person
@blp.arguments(schemas.ClassReviewInput(partial=True))
@blp.refuses(FORBIDDEN, problems.TOO_LATE)
@blp.answers(200, schemas.ClassReview)
def update_class_review(changes: dict[str, Any], class_session_id: int, review_id: int) -> Row:
    """Say otherwise what a class was like

    By whoever said it, within 30 days of its end.
    """
    user_id = access.active_caller().user_id
    return actions.update_review(connection(), user_id, class_session_id, review_id, changes)
