"""Cents: every part is rounded half-up once, and the parts always come to the whole (docs/decisions/rounding.md)."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle

from photolens.billing import rules
from photolens.database import Connection


def test_of_a_million_subtotals_tax_is_half_up_and_the_parts_add_up(conn: Connection) -> None:
    """The table's own checks are asked about tax that was computed here, in whole numbers alone."""
    checks = conn.execute(
        """
        select string_agg(pg_get_expr(conbin, conrelid), ' and ') as expression, count(*)
        from pg_constraint
        where conname in (
            'invoices_discount_within_subtotal', 'invoices_tax_rounded_once', 'invoices_parts_add_up'
        )
        """
    ).fetchone()
    assert checks is not None
    assert checks["count"] == 3

    broken = conn.execute(
        f"""
        with drafts as (
            select
                cents,
                cents * (cents %% 11) / 10 as discounted,
                (array[0, 500, 7000, 8875, 19000, 33333, 100000])[1 + cents %% 7] as thousandths
            from generate_series(1, 1000000::bigint) as cents
        ), taxed as (
            select *, (2 * (cents - discounted) * thousandths + 100000) / 200000 as tax
            from drafts
        ), invoices as (
            select
                cents / 100.0 as subtotal,
                discounted / 100.0 as discount_amount,
                thousandths / 1000.0 as tax_rate,
                tax / 100.0 as tax_amount,
                (cents - discounted + tax) / 100.0 as total_amount
            from taxed
        )
        select count(*) filter (where ({checks["expression"]}) is not true) as broken, count(*) as asked
        from invoices
        """.encode(),
        {},
    ).fetchone()

    assert broken == {"broken": 0, "asked": 1_000_000}


PLANS = [[Decimal(percent) for percent in plan.split()] for plan in ("33.333 33.333 33.334", "50 50", "0.001 99.999")]


def _split() -> Iterator[tuple[Decimal, list[Decimal]]]:
    plans = cycle([[(None, percent) for percent in plan] for plan in PLANS])
    for cents, plan in zip(range(1, 1_000_001), plans, strict=False):
        total = Decimal(cents).scaleb(-2)
        yield total, rules.milestone_amounts(total, plan)


def test_of_a_million_totals_milestones_in_percent_come_to_each() -> None:
    assert all(sum(amounts) == total and min(amounts) >= 0 for total, amounts in _split())


def test_money_fills_the_named_milestone_then_the_others_and_no_more() -> None:
    expected = {1: Decimal(100), 2: Decimal(90), 3: Decimal(10)}

    assert rules.allocate(Decimal(150), expected, 2) == {2: Decimal(90), 1: Decimal(60)}
    assert rules.allocate(Decimal(150), expected, None) == {1: Decimal(100), 2: Decimal(50)}
    assert rules.allocate(Decimal(900), expected, 3) == {3: Decimal(10), 1: Decimal(100), 2: Decimal(90)}
    assert rules.allocate(Decimal(5), {}, None) == {}
