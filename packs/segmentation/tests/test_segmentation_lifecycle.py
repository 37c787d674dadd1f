"""Each stage of a relationship below, at and above its thresholds, as the last snapshot sees it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject


def silent(bank: Any, name: str, days: int) -> None:
    """Somebody whose last act lies so many days back."""
    bank.holder(name)
    bank.act(name, bank.ago(days))


def new_customers(bank: Any) -> None:
    for tenure in (90, 91):
        bank.holder(f"idle-{tenure}", since=bank.ago(tenure))
        bank.holder(f"busy-{tenure}", since=bank.ago(tenure))
        bank.acts(f"busy-{tenure}", 1, ago=5)
    bank.holder("only-fees", since=bank.ago(200))
    bank.acts("only-fees", 3, ago=5, txn_type="fee", channel="system")
    bank.holder("never-seen", since=bank.long_ago)
    bank.holder("never-seen-before-a-year", since=bank.long_ago)


def growing_customers(bank: Any) -> None:
    for name, amount in (("grown", 120.0), ("not-grown", 119.99)):
        bank.holder(name)
        bank.acts(name, 1, ago=100, amount=100.0)
        bank.acts(name, 1, ago=5, amount=amount)
    # observed for 179 days, of which the comparison needs 180
    bank.holder("grown-but-short", since=bank.ago(178))
    bank.acts("grown-but-short", 1, ago=100, amount=1.0)
    bank.acts("grown-but-short", 1, ago=5, amount=100.0)
    bank.holder("one-product-more")
    bank.account(
        "one-product-more-savings", of="one-product-more", since=bank.ago(60), product_type="savings"
    )
    bank.acts("one-product-more", 1, ago=100, amount=100.0)
    bank.acts("one-product-more", 1, ago=29)
    bank.holder("only-deposits")
    bank.acts("only-deposits", 1, ago=5, txn_type="cash_deposit", direction="C", channel="branch")


def core_customers(bank: Any) -> None:
    facts = {"txn_type": "payroll", "direction": "C", "channel": "system", "amount": 2000.0}
    for name, count, bills, pay in (
        ("core-by-pay", 8, 0, True),
        ("too-few-acts", 7, 0, True),
        ("no-pay", 8, 2, False),
        ("core-by-bills", 8, 3, False),
    ):
        bank.holder(name)
        bank.acts(name, count, ago=5, amount=100.0)
        bank.acts(name, count, ago=100, amount=100.0)
        if pay:
            bank.acts(name, 1, ago=80, **facts)
        bank.acts(name, bills, ago=6, amount=1.0, txn_type="ach_debit", channel="batch")


def slipping_customers(bank: Any) -> None:
    for name, amount in (("spends-half", 50.0), ("spends-more", 50.01)):
        bank.holder(name)
        for days in (45, 75, 110):
            bank.acts(name, 1, ago=days, amount=100.0)
        bank.acts(name, 1, ago=130, amount=1000.0)  # so that nobody looks as if growing
        bank.acts(name, 1, ago=5, amount=amount)
    for days in (29, 30, 89, 90, 364, 365):
        silent(bank, f"silent-{days}", days)


def closed_customers(bank: Any) -> None:
    for name, end in (("ended", bank.last), ("ends-tomorrow", bank.last + timedelta(days=1))):
        bank.holder(name, relationship_end_date=end)
        bank.acts(name, 1, ago=3)
    for days in (89, 90):
        name = f"reopened-{days}"
        bank.customer(name)
        bank.account(f"{name}-old", of=name, closed_date=bank.ago(300))
        bank.account(name, since=bank.ago(days))
        bank.acts(name, 1, ago=3)
    bank.customer("all-accounts-closed")
    bank.account("all-accounts-closed", closed_date=bank.ago(10))
    bank.acts("all-accounts-closed", 1, ago=20)
    bank.customer("switched")  # a new product on the day the old one closed is no new relationship
    bank.account("switched-old", of="switched", closed_date=bank.ago(20))
    bank.account("switched", since=bank.ago(20))
    bank.acts("switched", 1, ago=3)


@pytest.fixture(scope="module")
def built(new_bank: Any, build: Callable[..., ComposedProject]) -> ComposedProject:
    bank = new_bank()
    bank.holder("pacemaker")
    for day in (bank.first, bank.last):
        bank.act("pacemaker", day)
    for add in (new_customers, growing_customers, core_customers, slipping_customers, closed_customers):
        add(bank)
    bank.holder("test-customer", is_test=1)
    bank.acts("test-customer", 1, ago=3)
    bank.holder("erased", erased_at=datetime(2026, 5, 1, tzinfo=UTC).replace(tzinfo=None))
    bank.acts("erased", 1, ago=3)
    return build(bank.tables)


@pytest.fixture(scope="module")
def stages(built: ComposedProject) -> dict[tuple[str, date], str]:
    rows = built.rows("segmentation.segmentation__lifecycle")
    return {(row["customer_id"], row["snapshot_date"]): row["stage"] for row in rows}


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("idle-90", "prospect"),
        ("idle-91", "never_active"),
        ("only-fees", "never_active"),
        ("busy-90", "onboarding"),
        ("busy-91", "active"),
        ("never-seen", "dormant"),
        ("grown", "growing"),
        ("not-grown", "active"),
        ("grown-but-short", "active"),
        ("one-product-more", "growing"),
        ("only-deposits", "active"),
        ("core-by-pay", "core"),
        ("core-by-bills", "core"),
        ("too-few-acts", "active"),
        ("no-pay", "active"),
        ("spends-half", "slipping"),
        ("spends-more", "active"),
        ("silent-29", "active"),
        ("silent-30", "slipping"),
        ("silent-89", "slipping"),
        ("silent-90", "inactive"),
        ("silent-364", "inactive"),
        ("silent-365", "dormant"),
        ("ended", "closed"),
        ("ends-tomorrow", "active"),
        ("all-accounts-closed", "closed"),
        ("reopened-89", "reactivated"),
        ("reopened-90", "growing"),
        ("switched", "active"),
    ],
)
def test_the_last_snapshot_shows_the_stage(
    name: str, stage: str, stages: dict[tuple[str, date], str], new_bank: Any
) -> None:
    assert stages[name, new_bank.last] == stage


def test_a_relationship_is_closed_only_between_its_end_and_its_new_beginning(
    stages: dict[tuple[str, date], str],
) -> None:
    months = [stages["reopened-89", day] for _, day in sorted(stages) if _ == "reopened-89"]

    assert months.count("closed") == 7  # closed on 4 August, opened again on 3 March
    assert months[-3:] == ["reactivated"] * 3
    assert months[0] != "closed"


def test_nobody_knows_what_an_older_customer_did_before_the_data_begin(
    stages: dict[tuple[str, date], str],
) -> None:
    months = [stages["never-seen", day] for _, day in sorted(stages) if _ == "never-seen"]

    assert months == ["unknown"] * 11 + ["dormant"] * 6


def test_the_previous_stage_is_that_of_the_month_before(built: ComposedProject) -> None:
    rows = built.rows("segmentation.segmentation__lifecycle")
    changes = [
        row for row in rows if row["customer_id"] == "silent-90" and row["snapshot_date"] >= date(2026, 3, 31)
    ]

    assert [
        (row["previous_stage"], row["stage"]) for row in sorted(changes, key=lambda row: row["month_start"])
    ] == [
        ("dormant", "active"),
        ("active", "slipping"),
        ("slipping", "inactive"),
    ]


def test_closed_relationships_leave_features_and_scores_but_not_the_snapshots_before(
    built: ComposedProject, new_bank: Any
) -> None:
    for mart in ("customer_features", "rfm"):
        rows = built.rows(f"segmentation.segmentation__{mart}")
        last = {row["customer_id"] for row in rows if row["snapshot_date"] == new_bank.last}
        assert {"ended", "all-accounts-closed"} & last == set()
        assert {"ends-tomorrow", "reopened-89", "switched"} <= last
    features = built.rows("segmentation.segmentation__customer_features")
    before = {row["customer_id"] for row in features if row["snapshot_date"] == date(2026, 4, 30)}
    assert {"ended", "all-accounts-closed"} <= before


def test_test_customers_and_erased_ones_are_in_no_mart(built: ComposedProject) -> None:
    for mart in ("customer_features", "rfm", "lifecycle"):
        names = {row["customer_id"] for row in built.rows(f"segmentation.segmentation__{mart}")}
        assert names & {"test-customer", "erased"} == set()
        assert "pacemaker" in names


def test_a_stage_has_a_row_in_every_month_since_onboarding(
    stages: dict[tuple[str, date], str], new_bank: Any
) -> None:
    months = [day for name, day in stages if name == "busy-91"]

    assert sorted(months) == [date(2026, 3, 31), date(2026, 4, 30), new_bank.last]
    assert len([day for name, day in stages if name == "pacemaker"]) == 17
