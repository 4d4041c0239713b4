"""How the places of a session change hands: booked, given back, waited for, offered.

Whoever changes them does so between `changing` and its end: the session is locked, and at the end what was offered and
not taken in time is free again, and every free place goes to the first who waits and can have it, all in one
transaction. Whoever asks for a place is served after those who have waited for it: `serve`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile
from uuid import UUID

from photolens.classes import problems, rules, wording
from photolens.credits.actions import ledger
from photolens.database import Connection, Row, sql
from photolens.platform.actions.notifications import Notice, notify
from photolens.problems import FORBIDDEN, Problem, found


@dataclass
class Places:
    """A session that is locked, who waits for it, what the people have who may gain or lose credits by this; and what
    they are told of it in the end.
    """

    session: Row
    waitlist: list[Row]
    balances: dict[UUID, Row]
    notices: list[Notice] = field(default_factory=list)

    def tell(self, user_id: UUID, kind: str, **words: str) -> None:
        """Let a user know, once it is done, what has become of their place."""
        title, body = wording.notice(kind, self.session, **words)
        self.notices.append(Notice(user_id, kind, title, body, "CLASS_SESSION", self.session["id"]))

    def entry_of(self, user_id: UUID) -> Row | None:
        """The user's place on the waiting list."""
        return next((entry for entry in self.waitlist if entry["user_id"] == user_id), None)


@contextmanager
def changing(
    conn: Connection, session_id: int, user_ids: Iterable[UUID] = (), *, with_booked: bool = False
) -> Iterator[Places]:
    """A session whose places may change, in a transaction; the credits of these users may move besides those of who
    waits; `with_booked`, of everybody who has a place.

    Nothing is written before the block, so that it can compare what its caller has read.

    Locks: the session, its waiting list, the balances in the order of their users; at the end the inboxes.
    Problems: `not_found`.
    """
    with conn.transaction():
        session = found(sql.classes.lock_class_session(conn, session_id=session_id), "class", session_id)
        waitlist = sql.classes.lock_waitlist(conn, session_id=session_id)
        people = {*user_ids, *(entry["user_id"] for entry in waitlist)}
        if with_booked:
            people |= {row["id"] for row in sql.classes.list_booked_users(conn, session_id=session_id)}
        places = Places(session, waitlist, ledger.lock_balances(conn, people))
        yield places
        _settle(conn, places)
        notify(conn, places.notices)


def require_shown(places: Places) -> None:
    """Raise `not_found` for a session at a gym that members do not see."""
    found(None if places.session["gym_status"] == "INACTIVE" else places, "class", places.session["id"])


def serve(conn: Connection, places: Places, user_id: UUID | None = None) -> None:
    """Give what is free to who waits, in their order, up to a user.

    Whoever cannot have it waits on, and is told once.
    """
    end_offers(conn, places)
    ahead = takewhile(lambda entry: entry["user_id"] != user_id, places.waitlist)
    waiting = [entry for entry in ahead if entry["status"] == "WAITING"]
    if waiting and rules.is_open(places.session) and rules.places_left(places.session) > 0:
        _promote(conn, places, waiting)
        refresh(conn, places)


def book(conn: Connection, session_id: int, user_id: UUID) -> int:
    """Take a place for a user who pays for it; gives the booking's id. A place that was offered to them is that one.

    Locks: as `changing`. Problems: `not_found`, `forbidden`, `booking_closed`, `already_booked`, `parq_required`,
    `induction_required`, `user_overlap`, `session_full`, `insufficient_credits`.
    """
    with changing(conn, session_id, [user_id]) as places:
        require_shown(places)
        serve(conn, places, user_id)
        [standing] = sql.classes.list_standings(conn, session_id=session_id, user_ids=[user_id])
        refusal = _why_not(places, standing)
        if refusal is not None:
            raise refusal
        entry = places.entry_of(user_id)
        if entry is not None:
            take_off(conn, places, [entry], "PROMOTED")
        booking_id = _take(conn, places, standing, is_from_waitlist=entry is not None)
        places.tell(user_id, "CLASS_BOOKED")
        return booking_id


def give_back(conn: Connection, bookings: list[Row], status: str) -> None:
    """Cancel bookings of a session that is being changed; CANCELLED, their credits go back to their lots."""
    sql.classes.mark_session_bookings_cancelled(
        conn, booking_ids=[booking["id"] for booking in bookings], status=status
    )
    if status == "CANCELLED":
        ledger.refund_session_bookings(conn, {booking["id"]: booking["user_id"] for booking in bookings})


def take_off(conn: Connection, places: Places, entries: list[Row], status: str) -> None:
    """Let these not wait any more for a session that is being changed: PROMOTED, LEFT, LAPSED or ENDED."""
    ids = [entry["id"] for entry in entries]
    sql.classes.mark_waiting(conn, entry_ids=ids, status=status, offer_expires_at=None)
    places.waitlist = [entry for entry in places.waitlist if entry["id"] not in ids]


def end_offers(conn: Connection, places: Places) -> None:
    """Take back what was offered and not taken in time."""
    lapsed = [entry for entry in places.waitlist if entry["is_lapsed"]]
    if lapsed:
        take_off(conn, places, lapsed, "LAPSED")
        refresh(conn, places)


def refresh(conn: Connection, places: Places) -> None:
    """Look again at a session that is being changed, after something has become of it."""
    session_id = places.session["id"]
    sql.classes.refresh_class_session(conn, session_id=session_id)
    places.session = sql.classes.lock_class_session(conn, session_id=session_id)
    places.waitlist = sql.classes.lock_waitlist(conn, session_id=session_id)


def _why_not(places: Places, standing: Row) -> Problem | None:
    """Why somebody, as they stand, cannot have a place; None if they can."""
    session = places.session
    if not rules.is_open(session):
        return problems.BOOKING_CLOSED("It has begun, or will not take place.")
    if not standing["isActive"]:
        return FORBIDDEN("Verify your e-mail or phone first.")
    if standing["isBooked"]:
        return problems.ALREADY_BOOKED("You have a place in this class.")
    if not standing["hasParq"]:
        return problems.PARQ_REQUIRED("Answer the health questionnaire; a yes in it takes somebody's clearance.")
    if not standing["hasInduction"]:
        return problems.INDUCTION_REQUIRED("Have an induction at this gym first.")
    if standing["isElsewhere"]:
        return problems.USER_OVERLAP("You have another class at that time.")
    if rules.places_left(session) < 1 and not standing["isOffered"]:
        return problems.SESSION_FULL("Every place is taken, or offered to somebody who has waited for it.")
    return ledger.why_not_paid(places.balances[standing["userId"]], Decimal(session["credit_cost"]))


def _take(conn: Connection, places: Places, standing: Row, *, is_from_waitlist: bool) -> int:
    """Put somebody who can have it into a place, and have it paid."""
    session = places.session
    booking_id: int = sql.classes.insert_session_booking(
        conn,
        session_id=session["id"],
        user_id=standing["userId"],
        cancel_hours=standing["cancelHours"],
        is_from_waitlist=is_from_waitlist,
    )["id"]
    if session["credit_cost"]:
        cost = Decimal(session["credit_cost"])
        ledger.withdraw(conn, standing["userId"], "DEBIT", cost, session_booking_id=booking_id)
    return booking_id


def _settle(conn: Connection, places: Places) -> None:
    """Serve who waits. Of a session that is not open any more nobody waits."""
    refresh(conn, places)
    if places.waitlist and not rules.is_open(places.session):
        take_off(conn, places, places.waitlist, "ENDED")
        refresh(conn, places)
    serve(conn, places)


def _promote(conn: Connection, places: Places, waiting: list[Row]) -> None:
    """Once it could not be cancelled for nothing any more, a place is offered, and not given unasked."""
    session = places.session
    user_ids = [entry["user_id"] for entry in waiting]
    rows = sql.classes.list_standings(conn, session_id=session["id"], user_ids=user_ids)
    standings = {row["userId"]: row for row in rows}
    left, out_of_reach = rules.places_left(session), []
    for entry in waiting:
        if left == 0:
            break
        standing = standings[entry["user_id"]]
        refusal = _why_not(places, standing)
        if refusal is not None:
            out_of_reach += [] if entry["told_at"] else [(entry, refusal)]
        elif rules.is_promoted_at_once(session, standing["cancelHours"]):
            take_off(conn, places, [entry], "PROMOTED")
            _take(conn, places, standing, is_from_waitlist=True)
            places.tell(entry["user_id"], "CLASS_PROMOTED")
            left -= 1
        else:
            offer = {"status": "OFFERED", "offer_expires_at": rules.offer_expires_at(session)}
            sql.classes.mark_waiting(conn, entry_ids=[entry["id"]], **offer)
            places.tell(entry["user_id"], "CLASS_OFFERED")
            left -= 1
    if out_of_reach:
        sql.classes.mark_waiting_told(conn, entry_ids=[entry["id"] for entry, _ in out_of_reach])
        for entry, refusal in out_of_reach:
            places.tell(entry["user_id"], "CLASS_OUT_OF_REACH", reason=refusal.detail)
