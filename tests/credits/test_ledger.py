"""How credits move: every movement is a row of the ledger, and what is left of each lot follows to the cent."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from photolens import tasks
from photolens.credits.actions import ledger
from photolens.database import Connection
from photolens.invariants import broken_invariants
from photolens.problems import Problem

SOON, LATER = timedelta(days=30), timedelta(days=365)


class Account:
    """A customer's credits."""

    def __init__(self, conn: Connection, role: str = "CUSTOMER") -> None:
        self.conn = conn
        [row] = conn.execute("select id from auth_users where role = %s", [role]).fetchall()
        self.user_id: UUID = row["id"]

    def give(self, amount: str, lasting: timedelta | None = None) -> int:
        """A grant; gives the id of its lot."""
        expires_at = None if lasting is None else datetime.now(UTC) + lasting
        granted = ledger.deposit(
            self.conn, self.user_id, "GRANT", Decimal(amount), expires_at=expires_at, reason="A gift"
        )
        return self._id("select id from credit_lots where transaction_id = %s", granted)

    def spend(self, amount: str) -> int:
        """Pay for a job; gives its id."""
        with self.conn.transaction():
            job_id = self._id(
                "insert into photo_jobs (user_id, prompt, photo_count, unit_price, cost)"
                " values (%s, 'Warmer', 1, %s, %s) returning id",
                self.user_id,
                amount,
                amount,
            )
            ledger.withdraw(self.conn, self.user_id, "DEBIT", Decimal(amount), photo_job_id=job_id)
        return job_id

    def expire(self, *lot_ids: int) -> None:
        """Time goes by, and these lots expire."""
        self.conn.execute("update credit_lots set expires_at = now() where id = any(%s)", [list(lot_ids)])

    def lots(self) -> dict[int, str]:
        rows = self.conn.execute("select id, remaining from credit_lots where user_id = %s", [self.user_id])
        return {row["id"]: str(row["remaining"]) for row in rows}

    def balance(self) -> str:
        """What can be spent now."""
        [row] = self.conn.execute("select credits from credit_balances where user_id = %s", [self.user_id]).fetchall()
        return str(row["credits"])

    def ledger(self) -> list[tuple[str, str]]:
        rows = self.conn.execute(
            "select kind, delta from credit_transactions where user_id = %s order by id", [self.user_id]
        )
        return [(row["kind"], str(row["delta"])) for row in rows]

    def _id(self, statement: str, *values: Any) -> int:
        row = self.conn.execute(statement.encode(), values).fetchone()
        assert row is not None
        found: int = row["id"]
        return found


@pytest.fixture
def account(conn: Connection) -> Account:
    return Account(conn)


def test_an_account_begins_with_nothing(account: Account) -> None:
    assert (account.balance(), account.ledger()) == ("0.00", [])


def test_what_expires_first_is_spent_first_and_what_never_does_last(account: Account) -> None:
    never, later, soon = account.give("3.00"), account.give("2.00", LATER), account.give("1.50", SOON)

    account.spend("2.25")

    assert account.lots() == {never: "3.00", later: "1.25", soon: "0.00"}


def test_of_lots_that_expire_together_the_older_is_spent_first(account: Account) -> None:
    first, second = account.give("1.00"), account.give("1.00")

    account.spend("1.00")

    assert account.lots() == {first: "0.00", second: "1.00"}


def test_what_there_is_not_is_not_spent_and_the_shortfall_is_told(account: Account) -> None:
    account.give("2.50")

    with pytest.raises(Problem) as refused:
        account.spend("4.00")

    assert (refused.value.kind.status, refused.value.kind.code) == (402, "insufficient_credits")
    assert refused.value.members == {"shortfall": "1.50"}
    assert (account.balance(), account.ledger()) == ("2.50", [("GRANT", "2.50")])


def test_a_refund_returns_to_the_lots_it_came_from_once(account: Account) -> None:
    later, soon = account.give("2.00", LATER), account.give("1.33", SOON)
    job_id = account.spend("2.50")

    ledger.refund_photo_job(account.conn, job_id)
    ledger.refund_photo_job(account.conn, job_id)

    assert account.lots() == {later: "2.00", soon: "1.33"}
    assert account.ledger()[2:] == [("DEBIT", "-2.50"), ("REFUND", "2.50")]


def test_what_cost_nothing_is_not_refunded(account: Account) -> None:
    [row] = account.conn.execute(
        "insert into photo_jobs (user_id, prompt, photo_count, free_photos, unit_price, cost)"
        " values (%s, 'Warmer', 1, 1, 1, 0) returning id",
        [account.user_id],
    ).fetchall()

    ledger.refund_photo_job(account.conn, row["id"])

    assert account.ledger() == []


def test_what_has_expired_is_not_spent_and_is_written_off_by_whoever_comes_first(account: Account) -> None:
    lot, _ = account.give("2.00", SOON), account.give("1.00")
    account.expire(lot)

    assert account.balance() == "1.00"
    account.spend("1.00")

    assert account.ledger()[2:] == [("EXPIRY", "-2.00"), ("DEBIT", "-1.00")]
    assert (account.balance(), set(account.lots().values())) == ("0.00", {"0.00"})


def test_what_comes_back_to_a_lot_that_has_expired_expires_with_it(account: Account) -> None:
    soon, later = account.give("1.00", SOON), account.give("1.00", LATER)
    job_id = account.spend("1.50")
    account.expire(soon)

    ledger.refund_photo_job(account.conn, job_id)

    assert account.ledger()[-2:] == [("REFUND", "1.50"), ("EXPIRY", "-1.00")]
    assert (account.balance(), account.lots()) == ("1.00", {soon: "0.00", later: "1.00"})


def test_by_the_clock_what_has_expired_is_written_off_for_everybody_once(conn: Connection) -> None:
    accounts = [Account(conn, role) for role in ("CUSTOMER", "VENDOR", "OWNER")]
    for account in accounts:
        lot, _ = account.give("2.00", SOON), account.give("1.00", SOON)
        account.expire(lot)
    _, expire_credits = tasks.BY_THE_CLOCK["expire credits"]

    expire_credits(conn)
    expire_credits(conn)

    assert [account.ledger()[2:] for account in accounts] == [[("EXPIRY", "-2.00")]] * 3
    assert broken_invariants(conn) == []


def test_the_server_can_neither_change_nor_delete_what_stands_in_the_ledger(account: Account) -> None:
    account.give("2.00")
    account.conn.execute("set local role photolens_app")

    for statement in (
        "update credit_transactions set delta = 20",
        "delete from credit_transactions",
        "update credit_lot_movements set delta = 20",
        "delete from credit_lot_movements",
    ):
        with pytest.raises(Exception, match="permission denied"), account.conn.transaction():
            account.conn.execute(statement.encode())


# Whatever comes, in whatever order


class Model:
    """What lots ought to hold: `[expires_at, remaining]` by id; and of jobs that are paid, what each lot gave."""

    def __init__(self) -> None:
        self.lots: dict[int, list[Any]] = {}
        self.jobs: dict[int, dict[int, Decimal]] = {}

    def spendable(self, now: datetime) -> Decimal:
        return sum((left for ends, left in self.lots.values() if ends is None or ends > now), Decimal("0.00"))

    def write_off(self, now: datetime) -> None:
        for lot in self.lots.values():
            if lot[0] is not None and lot[0] <= now:
                lot[1] = Decimal("0.00")

    def spend(self, job_id: int, amount: Decimal, now: datetime) -> None:
        self.write_off(now)
        taken = self.jobs[job_id] = {}
        forever = datetime.max.replace(tzinfo=UTC)
        for lot_id in sorted(self.lots, key=lambda lot_id: (self.lots[lot_id][0] or forever, lot_id)):
            part = min(amount, self.lots[lot_id][1])
            if part:
                self.lots[lot_id][1] -= part
                taken[lot_id] = part
                amount -= part

    def refund(self, job_id: int, now: datetime) -> None:
        self.write_off(now)
        for lot_id, part in self.jobs.pop(job_id).items():
            self.lots[lot_id][1] += part
        self.write_off(now)


class Life:
    """A user's credits over a long time, by chance, beside what they ought to be."""

    def __init__(self, account: Account, chance: random.Random) -> None:
        self.account = account
        self.chance = chance
        self.model = Model()
        [row] = account.conn.execute("select now()").fetchall()
        self.now: datetime = row["now"]

    def deposit(self) -> None:
        lasting = self.chance.choice([None, SOON, LATER, timedelta(hours=self.chance.randint(1, 99))])
        amount = self._amount()
        lot_id = self.account.give(str(amount), lasting)
        self.model.write_off(self.now)
        [row] = self.account.conn.execute("select expires_at from credit_lots where id = %s", [lot_id]).fetchall()
        self.model.lots[lot_id] = [row["expires_at"], amount]

    def spend(self) -> None:
        amount = self._amount()
        if self.model.spendable(self.now) < amount:
            with pytest.raises(Problem, match=f"^It takes {amount} credits"):
                self.account.spend(str(amount))
        else:
            self.model.spend(self.account.spend(str(amount)), amount, self.now)

    def refund(self) -> None:
        if self.model.jobs:
            job_id = self.chance.choice(list(self.model.jobs))
            ledger.refund_photo_job(self.account.conn, job_id)
            self.model.refund(job_id, self.now)

    def expire(self) -> None:
        lots = [lot_id for lot_id, (ends, _) in self.model.lots.items() if ends is not None and ends > self.now]
        if lots:
            lot_id = self.chance.choice(lots)
            self.account.expire(lot_id)
            self.model.lots[lot_id][0] = self.now

    def write_off(self) -> None:
        ledger.write_off_expired(self.account.conn)
        self.model.write_off(self.now)

    def _amount(self) -> Decimal:
        return Decimal(self.chance.randint(1, 900)).scaleb(-2)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_comes_in_whatever_order_lots_ledger_and_balance_agree_to_the_cent(
    account: Account, seed: int
) -> None:
    life = Life(account, random.Random(seed))
    deeds: list[Callable[[], None]] = [life.deposit, life.spend, life.spend, life.refund, life.expire, life.write_off]

    for turn in range(150):
        deed = life.chance.choice(deeds)
        deed()
        assert account.balance() == str(life.model.spendable(life.now)), (turn, deed.__name__)
        assert account.lots() == {lot_id: str(left) for lot_id, (_, left) in life.model.lots.items()}, turn

    assert {kind for kind, _ in account.ledger()} == {"GRANT", "DEBIT", "REFUND", "EXPIRY"}
    assert broken_invariants(account.conn) == []
