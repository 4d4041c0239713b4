"""Gyms, trainers, classes and members for tests, made by SQL."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from photolens.credits.actions import ledger
from photolens.database import Connection, sql

HOUR = timedelta(hours=1)
MONDAY = datetime(2040, 3, 5, 18, tzinfo=UTC)
HEALTHY = (
    '{"heartCondition": false, "chestPainActive": false, "chestPainResting": false, "dizziness": false,'
    ' "jointProblem": false, "medication": false, "otherReason": false}'
)
ADDRESS = '{"line1": "1 Canal", "city": "Amsterdam", "country": "NL"}'


class Timetable:
    """What there is to book and who may, with sensible defaults; a test names only what it is about."""

    _numbers = count(1)  # of all of them, for several may be about the same database

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def one(self, statement: str, *parameters: Any) -> dict[str, Any]:
        """The one row that a statement gives."""
        row = self._conn.execute(statement.encode(), parameters).fetchone()
        assert row is not None
        return row

    def user_id(self, role: str) -> UUID:
        """The user of a role who is in every test database."""
        user_id: UUID = self.one("select id from auth_users where email = %s", f"{role.lower()}@callers.example")["id"]
        return user_id

    def person(self, role: str = "CUSTOMER", status: str = "ACTIVE", credits: int = 0) -> tuple[UUID, str]:
        """One more user, who has so many credits that do not expire: the id, and the token of a session."""
        number = next(self._numbers)
        token = f"{role.lower()}-{number}"
        user_id = self.one(
            """
            with users as (
                insert into auth_users (name, email, email_verified, role, status)
                values (%s, %s, now(), %s, %s)
                returning id
            )
            insert into auth_sessions (user_id, session_token) select id, sha256(%s::bytea) from users
            returning user_id as id
            """,
            f"{role.title()} {number}",
            f"{token}@example.com",
            role,
            status,
            token,
        )["id"]
        if credits:
            self.give(user_id, credits)
        return user_id, token

    def member(self, credits: int = 10) -> str:
        """The session token of one more active customer with so many credits."""
        return self.person(credits=credits)[1]

    def give(self, user_id: UUID, credits: int, expires_at: datetime | None = None) -> int:
        """A lot of credits; gives the row of the ledger."""
        return ledger.deposit(
            self._conn, user_id, "GRANT", Decimal(credits), expires_at=expires_at, reason="For a test"
        )

    def gym(self, **fields: Any) -> int:
        """An ACTIVE gym in Amsterdam that takes no induction; free to cancel until 12 hours before, subscribers 4."""
        defaults = {"name": f"Gym {next(self._numbers)}", "address": ADDRESS, "time_zone": "Europe/Amsterdam"}
        return self._insert("gyms", {**defaults, **fields})

    def trainer(self, gym_id: int, trainer_id: UUID | None = None) -> UUID:
        """Somebody who gives classes at a gym: the trainer who is in every test database, or another user."""
        trainer_id = trainer_id or self.user_id("TRAINER")
        self.one(
            "insert into gym_trainers (gym_id, trainer_id) values (%s, %s) returning gym_id as id", gym_id, trainer_id
        )
        return trainer_id

    def session(self, start: datetime = MONDAY, length: timedelta = HOUR, **fields: Any) -> int:
        """A class of an hour on a Monday in 2040, for 20 people at a credit each."""
        fields.setdefault("gym_id", None)
        fields["gym_id"] = fields["gym_id"] or self.gym()
        defaults = {"title": f"Class {next(self._numbers)}", "start_time": start, "end_time": start + length}
        return self._insert("class_sessions", {**defaults, **fields})

    def session_in(self, ahead: timedelta, **fields: Any) -> int:
        """A class that starts so much later than the present transaction began: exact where the test is one."""
        now: datetime = self.one("select now() as now")["now"]
        return self.session(now + ahead, **fields)

    def attended(self, session_id: int, user_id: UUID, status: str = "ATTENDED") -> int:
        """A place that cost nothing, at which somebody was checked in, as its session counts it."""
        booking_id = self.one(
            """
            insert into session_bookings (
                session_id, user_id, start_time, end_time, credit_cost, cancel_hours, status, checked_in_at
            )
            select
                id, %s, start_time, end_time, 0, 12, %s, case %s when 'ATTENDED' then start_time end
            from class_sessions
            where id = %s
            returning id
            """,
            user_id,
            status,
            status,
            session_id,
        )["id"]
        sql.classes.refresh_class_session(self._conn, session_id=session_id)
        taken: int = booking_id
        return taken

    def waiting(self, session_id: int, user_id: UUID) -> int:
        """A place on a waiting list, as its session counts it."""
        entry_id = self._insert("session_waitlist", {"session_id": session_id, "user_id": user_id})
        sql.classes.refresh_class_session(self._conn, session_id=session_id)
        return entry_id

    def review(self, booking_id: int, rating: int = 4, comment: str | None = None) -> int:
        """What whoever had a place says of its class, as the class, its gym and its trainer there are rated by it."""
        values = "select id, session_id, %s, %s from session_bookings where id = %s"
        review = self.one(
            f"insert into session_reviews (booking_id, session_id, rating, comment) {values} returning id, session_id",
            rating,
            comment,
            booking_id,
        )
        session = self.one("select gym_id, trainer_id from class_sessions where id = %s", review["session_id"])
        sql.classes.refresh_session_rating(self._conn, session_id=review["session_id"])
        sql.classes.refresh_gym_rating(self._conn, gym_id=session["gym_id"])
        sql.classes.refresh_trainer_rating(self._conn, **session)
        review_id: int = review["id"]
        return review_id

    def healthy(self, user_id: UUID) -> int:
        """A questionnaire of somebody whom nothing keeps from exercise."""
        return self._insert(
            "parqs",
            {
                "user_id": user_id,
                "answers": HEALTHY,
                "clearance": "NOT_NEEDED",
                "valid_until": datetime.now(UTC) + timedelta(days=365),
            },
        )

    def subscribe(self, user_id: UUID) -> int:
        """A live subscription, which an administrator has given."""
        plan = {"name": f"Plan {next(self._numbers)}", "price": 10, "currency": "EUR", "credits_per_period": 4}
        plan_id = self._insert("subscription_plans", plan)
        agreed = {"price": 10, "currency": "EUR", "interval": "MONTH", "credits_per_period": 4}
        subscription = {"user_id": user_id, "plan_id": plan_id, "source": "ADMIN", "status": "ACTIVE", **agreed}
        return self._insert("subscriptions", {**subscription, "anchored_at": datetime.now(UTC)})

    def shift(self, session_id: int, ahead: timedelta) -> None:
        """Let a class of an hour start so much later than the present transaction began, as time would have it."""
        self._conn.execute(
            "update class_sessions set start_time = now() + %s, end_time = now() + %s where id = %s",
            [ahead, ahead + HOUR, session_id],
        )

    def balance(self, user_id: UUID) -> int:
        """The credits of a user, whole ones as tests give them."""
        return int(self.one("select credits from user_credits where user_id = %s", user_id)["credits"])

    def lots(self, user_id: UUID) -> list[int]:
        """What is left of each lot of a user's, in the order in which they came."""
        rows = self._conn.execute("select remaining from credit_lots where user_id = %s order by id", [user_id])
        return [int(row["remaining"]) for row in rows]

    def statuses(self, session_id: int) -> list[str]:
        """What has become of the bookings of a class, in the order in which they were made."""
        rows = self._conn.execute("select status from session_bookings where session_id = %s order by id", [session_id])
        return [row["status"] for row in rows]

    def waitlist(self, session_id: int) -> list[str]:
        """What has become of who waited for a class, in their order."""
        rows = self._conn.execute("select status from session_waitlist where session_id = %s order by id", [session_id])
        return [row["status"] for row in rows]

    def told(self, user_id: UUID) -> list[str]:
        """Of what a user was told, in order."""
        rows = self._conn.execute("select type from notifications where user_id = %s order by number", [user_id])
        return [row["type"] for row in rows]

    def words(self, user_id: UUID) -> str:
        """The title of what a user was told last, and its words."""
        newest = "select title, body from notifications where user_id = %s order by number desc limit 1"
        return " | ".join(self.one(newest, user_id).values())

    def induction(self, gym_id: int, user_id: UUID, start: datetime = MONDAY, **fields: Any) -> int:
        """An induction of an hour that nobody has confirmed."""
        times = {"start_time": start, "end_time": start + HOUR}
        return self._insert("inductions", {"gym_id": gym_id, "user_id": user_id, **times, **fields})

    def now(self) -> datetime:
        """When the present transaction began; a rolled-back test is one."""
        now: datetime = self.one("select now() as now")["now"]
        return now

    def notices(self, user_id: UUID) -> list[dict[str, Any]]:
        """What a user was told, in its order."""
        return self._conn.execute(
            "select type, title, body, subject_id from notifications where user_id = %s order by number", [user_id]
        ).fetchall()

    def _insert(self, table: str, values: dict[str, Any]) -> int:
        columns, places = ", ".join(values), ", ".join(["%s"] * len(values))
        row = self.one(f"insert into {table} ({columns}) values ({places}) returning id", *values.values())
        row_id: int = row["id"]
        return row_id
