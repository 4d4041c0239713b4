"""What users ask of the studio: how it is reported, looked after, talked about, and closed.

Notes among the team are kept beside what is said to users, and reach none of them: nothing of a problem that its user
is shown is touched by one, and whoever reads by `support_problems_seen_by` and `support_comments_seen_by` finds none.
"""

from typing import Any

from photolens.access import Caller, Permission, roles_with
from photolens.database import Connection, Row, sql
from photolens.platform import rules
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.notifications import Notice, notify
from photolens.preconditions import require_match
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found, invalid
from photolens.visibility import support_viewer

SUBJECT = "SUPPORT_PROBLEM"


def report_problem(conn: Connection, caller: Caller, wish: dict[str, Any]) -> Row:
    """Keep a problem of the caller's. Locks: the caller for share. Problems: `forbidden`."""
    with conn.transaction():
        _hold(conn, caller)
        problem_id = sql.platform.insert_support_problem(conn, user_id=caller.user_id, **wish)
        record_activity(conn, "SUPPORT_REPORTED", SUBJECT, problem_id)
        return _problem(conn, caller, problem_id)


def change_problem(conn: Connection, caller: Caller, problem_id: int, changes: dict[str, Any]) -> Row:
    """Give a problem another status or priority, or somebody else to look after it; its user is told of the status.

    Locks: who is to look after it, for share, then the problem, then the inbox. Problems: `not_found`, `invalid`,
    `illegal_transition`.
    """
    with conn.transaction():
        assignee = sql.platform.lock_assignee(
            conn, user_id=changes.get("assignee_id"), roles=roles_with(Permission.MANAGE_CLIENTS)
        )
        problem = found(
            sql.platform.lock_support_problem(conn, problem_id=problem_id, reporter_id=None), "problem", problem_id
        )
        require_match()
        if assignee is not None:
            changes = changes | {"assignee_id": assignee["id"]}
        elif changes.get("assignee_id") is not None:
            raise invalid("/assigneeId", "names nobody on the team who looks after problems")
        changed = rules.problem_after(problem, changes)
        if changed != problem:
            _update(conn, changed)
            record_activity(conn, "SUPPORT_CHANGED", SUBJECT, problem_id, details={"status": changed["status"]})
        if changed["status"] != problem["status"]:
            _tell(conn, caller, changed, "user_id", "SUPPORT_CHANGED", rules.STATUS_SENTENCES[changed["status"]])
        return _problem(conn, caller, problem_id)


def close_problem(conn: Connection, caller: Caller, problem_id: int) -> Row:
    """Let a user close what they have reported; whoever looks after it is told.

    Locks: the problem, then the inbox. Problems: `not_found`, `forbidden`, `illegal_transition`.
    """
    with conn.transaction():
        problem = _lock(conn, caller, problem_id)
        if problem["user_id"] != caller.user_id:
            raise FORBIDDEN("Whoever has reported it closes it so; the team changes its status.")
        if problem["status"] == "CLOSED":
            raise ILLEGAL_TRANSITION("It is CLOSED.")
        _update(conn, {**problem, "status": "CLOSED"})
        record_activity(conn, "SUPPORT_CLOSED", SUBJECT, problem_id)
        _tell(conn, caller, problem, "assignee_id", "SUPPORT_CHANGED", "Its user has closed it.")
        return _problem(conn, caller, problem_id)


def comment(conn: Connection, caller: Caller, problem_id: int, body: str) -> Row:
    """Say something of a problem, as its user or to them. What waited for its user goes on; the other side is told.

    Locks: the caller for share, then the problem, then the inbox. Problems: `not_found`, `forbidden`,
    `illegal_transition` for one that is CLOSED.
    """
    with conn.transaction():
        _hold(conn, caller)
        problem = _lock(conn, caller, problem_id)
        if problem["status"] == "CLOSED":
            raise ILLEGAL_TRANSITION("It is CLOSED. Report another one.")
        is_users = problem["user_id"] == caller.user_id
        _update(conn, {**problem, "status": rules.status_after_answer(problem)} if is_users else problem)
        comment_id = sql.platform.insert_support_comment(
            conn, problem_id=problem_id, author_id=caller.user_id, body=body
        )
        record_activity(conn, "SUPPORT_ANSWERED", SUBJECT, problem_id)
        if is_users:
            _tell(conn, caller, problem, "assignee_id", "SUPPORT_ANSWERED", "Its user has said something.")
        else:
            _tell(conn, caller, problem, "user_id", "SUPPORT_ANSWERED", "There is an answer for you.")
        return _comment(conn, caller, problem_id, comment_id)


def note(conn: Connection, caller: Caller, problem_id: int, body: str) -> Row:
    """Keep a note among the team, of a problem in any status. It tells nobody, and changes nothing of the problem.

    Locks: the caller for share, then the problem. Problems: `not_found`, `forbidden`.
    """
    if support_viewer(caller) is not None:
        raise FORBIDDEN("Notes are for the team.")
    with conn.transaction():
        _hold(conn, caller)
        _lock(conn, caller, problem_id)
        comment_id = sql.platform.insert_support_note(conn, problem_id=problem_id, author_id=caller.user_id, body=body)
        record_activity(conn, "SUPPORT_NOTED", SUBJECT, problem_id)
        return _comment(conn, caller, problem_id, comment_id)


def _hold(conn: Connection, caller: Caller) -> None:
    """Keep the caller from being suspended or forgotten until what they write is there to be overwritten."""
    if sql.platform.lock_writing_user(conn, user_id=caller.user_id) is None:
        raise FORBIDDEN("Verify your e-mail or phone first.")


def _lock(conn: Connection, caller: Caller, problem_id: int) -> Row:
    row = sql.platform.lock_support_problem(conn, problem_id=problem_id, reporter_id=support_viewer(caller))
    problem: Row = found(row, "problem", problem_id)
    return problem


def _update(conn: Connection, problem: Row) -> None:
    sql.platform.update_support_problem(
        conn,
        problem_id=problem["id"],
        priority=problem["priority"],
        assignee_id=problem["assignee_id"],
        status=problem["status"],
    )


def _tell(conn: Connection, caller: Caller, problem: Row, whom: str, kind: str, sentence: str) -> None:
    """Tell a problem's user, or whoever looks after it, if there is somebody, and it is not they who did it."""
    if problem[whom] not in (None, caller.user_id):
        notify(conn, [Notice(problem[whom], kind, f"About {problem['number']}", sentence, SUBJECT, problem["id"])])


def _problem(conn: Connection, caller: Caller, problem_id: int) -> Row:
    row: Row = sql.platform.get_support_problem(conn, problem_id=problem_id, viewer_id=support_viewer(caller))
    return row


def _comment(conn: Connection, caller: Caller, problem_id: int, comment_id: int) -> Row:
    row: Row = sql.platform.get_support_comment(
        conn, problem_id=problem_id, comment_id=comment_id, viewer_id=support_viewer(caller)
    )
    return row
