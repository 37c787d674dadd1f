"""What counts as activity, whose it is, on which day, and what is known when a source is absent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

Row = dict[str, Any]
DAY = date(2026, 5, 20)
LAST_DAY = DAY + timedelta(days=1)  # the last that is observed
MARTS = ("activity_daily", "active_users_daily", "customer_month", "primary_bank")
# What a customer's only transaction is: does it count as activity, and as passive?
KINDS: dict[str, tuple[Row, int | None, int | None]] = {
    "purchase": ({}, 1, 0),
    "cash deposit": ({"direction": "C", "txn_type": "cash_deposit", "channel": "branch"}, 1, 0),
    "own transfer": ({"txn_type": "transfer_out", "channel": "web"}, 1, 0),
    "standing order": ({"txn_type": "transfer_out", "channel": "batch"}, 0, 1),
    "direct debit": ({"txn_type": "ach_debit", "channel": "batch"}, 0, 1),
    "direct debit without a word on the channel": ({"txn_type": "ach_debit", "channel": None}, 0, 1),
    "sweep": ({"txn_type": "transfer_out", "channel": "system"}, None, None),
    "fee": ({"txn_type": "fee", "channel": "system"}, None, None),
    "fee the source calls the customer's": ({"txn_type": "fee", "customer_initiated_flag": 1}, None, None),
    "interest": ({"direction": "C", "txn_type": "interest_paid", "channel": "system"}, 0, 0),
    "salary": ({"direction": "C", "txn_type": "payroll", "channel": "batch"}, 0, 0),
    "refund": ({"direction": "C", "txn_type": "refund"}, None, None),
    "declined": ({"status": "declined"}, None, None),
    "reversed": ({"status": "reversed"}, None, None),
    "authorised only": ({"status": "authorized"}, None, None),
}
# After how many days, by how much of 10, and does the payment still count?
TAKEN_BACK = {
    "back": (3, 10, False),
    "back in part": (3, 4, True),
    "back at last": (30, 10, False),
    "too late": (31, 10, True),
}


@pytest.fixture(scope="module")
def bank(new_bank: Any, wall_clock: Callable[..., datetime]) -> Any:
    bank = new_bank()
    for name, (facts, _, _) in KINDS.items():
        bank.pay(name, DAY, **{"customer_initiated_flag": None, **facts})
    reversals(bank)
    bank.log_in("log-in", DAY)
    bank.log_in("failed log-in", DAY, outcome="failure")
    bank.log_in("aggregator", DAY, channel="api")
    bank.log_in("robot", DAY, is_hosting_asn=1)
    bank.log_in("log-out", DAY, event_type="logout")
    bank.use("page", DAY)
    for name in ("test customer", "test account", "internal account"):
        facts = {"is_test": 1} if name == "test customer" else {}
        bank.customer(name, **facts)
        bank.pay(name, DAY)
    bank.log_in("test customer", DAY)
    bank.use("test customer", DAY)
    flags = {"a-test account": {"is_test": 1}, "a-internal account": {"is_internal": 1}}
    for row in bank.tables["accounts"]:
        row.update({"is_test": 0, "is_internal": 0, **flags.get(row["account_id"], {})})
    bank.customer("joint")
    bank.customer("primary holder")
    bank.hold("a-primary holder", "joint", "joint")
    bank.hold("a-primary holder", "log-in", "authorised_user")
    for name, day in (("until the last day", LAST_DAY), ("until the day before", DAY)):
        bank.customer(name)
        bank.hold("a-primary holder", name, "joint", until=day)
    bank.account("a-applied for", "until the day before", status="pending", opened_date=None)
    bank.pay("primary holder", DAY, customer_id="joint")
    for hour, day in ((23, date(2026, 3, 7)), (1, date(2026, 3, 8)), (23, date(2026, 3, 8))):
        bank.pay("long night", day, at=wall_clock(day, hour, 30))
    bank.pay("long night", date(2025, 11, 2), at=wall_clock(date(2025, 11, 2), 0, 30))
    bank.pay("long night", date(2025, 11, 2), at=wall_clock(date(2025, 11, 2), 23, 30))
    for session in (10, 20, 60):
        bank.log_in("sessions", LAST_DAY, channel="web", session_seconds=session)
    bank.log_in("sessions", LAST_DAY, channel="web", outcome="failure")
    return bank


def reversals(bank: Any) -> None:
    """Payments taken back by a second posting: in full, in part, within thirty days and later."""
    for name, (after, amount, _) in TAKEN_BACK.items():
        paid = bank.pay(name, DAY - timedelta(days=40), 10)
        day = DAY - timedelta(days=40 - after)
        facts = {"direction": "C", "txn_type": "reversal", "channel": "system"}
        bank.pay(name, day, amount, original_transaction_id=paid, **facts)


@pytest.fixture(scope="module")
def built(build: Callable[..., ComposedProject], bank: Any) -> ComposedProject:
    return build(bank.tables)


@pytest.fixture(scope="module")
def activity(built: ComposedProject) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in built.rows("select * from engagement.engagement__activity_daily order by activity_date"):
        found.setdefault(row["customer_id"], []).append(row)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_customers_own_acts_are_activity_and_passive_ones_stand_apart(
    kind: str, activity: dict[str, list[Row]]
) -> None:
    _, active, passive = KINDS[kind]
    found = [(row["is_active"], row["is_passive"]) for row in activity.get(kind, [])]

    assert found == ([] if active is None else [(active, passive)])


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("log-in", (1, 1, 1, 0, 1)),
        ("failed log-in", (0, 0, 1, 0, 0)),
        ("aggregator", (0, 0, 0, 1, 0)),
        ("robot", (0, 0, 0, 1, 0)),
        ("page", (1, 0, 0, 0, 1)),
    ],
)
def test_digital_acts_count_when_the_customer_got_in_and_no_machine_did(
    name: str, counted: tuple[int, ...], activity: dict[str, list[Row]]
) -> None:
    (row,) = activity[name]
    columns = ("digital_count", "login_count", "login_attempt_count", "passive_count", "is_active")

    assert tuple(row[column] for column in columns) == counted


def test_nothing_else_that_a_log_in_table_holds_is_an_act(activity: dict[str, list[Row]]) -> None:
    assert "log-out" not in activity


@pytest.mark.parametrize("name", TAKEN_BACK)
def test_a_payment_taken_back_within_thirty_days_never_counts(
    name: str, activity: dict[str, list[Row]]
) -> None:
    assert (name in activity) is TAKEN_BACK[name][2]


@pytest.mark.parametrize("name", ["test customer", "test account", "internal account"])
@pytest.mark.parametrize("mart", ["activity_daily", "customer_month"])
def test_test_and_internal_parties_are_left_out(name: str, mart: str, built: ComposedProject) -> None:
    rows = built.rows(f"engagement.engagement__{mart}")
    days_active = [row for row in rows if row["customer_id"] == name and row["is_active"]]

    assert days_active == []
    assert not any(row["customer_id"] == "test customer" for row in rows)


def test_a_joint_holder_who_acts_is_active_and_both_own_the_account(
    activity: dict[str, list[Row]], built: ComposedProject
) -> None:
    may = "select * from engagement.engagement__customer_month where month_start = '2026-05-01'"
    months = {row["customer_id"]: row for row in built.rows(may)}

    assert [row["is_active"] for row in activity["joint"]] == [1]
    assert "primary holder" not in activity
    assert (months["joint"]["open_account_count"], months["primary holder"]["open_account_count"]) == (2, 1)
    assert months["log-in"]["open_account_count"] == 1
    assert (months["joint"]["active_days"], months["primary holder"]["active_days"]) == (1, 0)


def test_an_account_is_owned_through_the_last_day_of_the_role_and_not_before_it_is_opened(
    built: ComposedProject,
) -> None:
    rows = built.rows(
        "select customer_id, open_account_count from engagement.engagement__customer_month"
        " where month_start = '2026-05-01' and customer_id like 'until %'"
    )
    counts = {row["customer_id"]: row["open_account_count"] for row in rows}

    assert counts == {"until the last day": 2, "until the day before": 1}


def test_an_act_falls_on_the_day_of_the_wall_clock_where_days_have_23_or_25_hours(
    activity: dict[str, list[Row]],
) -> None:
    found = [(row["activity_date"], row["financial_count"]) for row in activity["long night"]]

    assert found == [(date(2025, 11, 2), 2), (date(2026, 3, 7), 1), (date(2026, 3, 8), 2)]


def test_log_ins_show_how_many_get_in_and_for_how_long(built: ComposedProject) -> None:
    (row,) = built.rows(
        "select * from engagement.engagement__active_users_daily"
        f" where activity_date = '{LAST_DAY}' and channel = 'ALL' and segment = 'ALL'"
    )

    assert (float(row["login_success_rate"]), float(row["session_seconds_median"])) == (0.75, 20.0)
    assert row["daily_active_users"] == 1


def test_passive_acts_count_when_the_bank_says_so(build: Callable[..., ComposedProject], bank: Any) -> None:
    project = build(bank.tables, parameters={"engagement": {"count_passive": 1}})
    active = {
        row["customer_id"]
        for row in project.rows("engagement.engagement__activity_daily")
        if row["is_active"] and row["is_passive"]
    }

    assert active == {
        *("standing order", "direct debit", "direct debit without a word on the channel"),
        *("aggregator", "robot"),
    }


def test_a_kind_off_the_list_is_no_activity(build: Callable[..., ComposedProject], bank: Any) -> None:
    project = build(bank.tables, parameters={"engagement": {"activity_types": "cash_deposit,transfer_out"}})
    active = {
        row["customer_id"]
        for row in project.rows("engagement.engagement__activity_daily")
        if row["is_active"] and row["financial_count"]
    }

    assert active == {"cash deposit", "own transfer"}


def test_without_log_ins_activity_is_what_transactions_show_and_the_flag_says_so(
    build: Callable[..., ComposedProject], bank: Any
) -> None:
    digital = {"login_activity": [], "digital_events": []}
    project = build({**bank.tables, **digital})
    rows = {mart: project.rows(f"engagement.engagement__{mart}") for mart in MARTS}
    unknown = {
        "activity_daily": ("digital_count", "login_count", "login_attempt_count"),
        "active_users_daily": ("digital_active_users", "digital_share", "login_success_rate"),
        "customer_month": ("digital_days", "login_days", "digital_count"),
        "primary_bank": ("digital_points",),
    }

    assert {row["customer_id"] for row in rows["activity_daily"] if row["is_active"]} >= {"purchase", "joint"}
    assert max(row["daily_active_users"] for row in rows["active_users_daily"]) > 3
    for mart, columns in unknown.items():
        assert rows[mart]
        assert all(row[column] is None for row in rows[mart] for column in columns)
        assert all("no_login" in row["capability_flags"].split(",") for row in rows[mart])
