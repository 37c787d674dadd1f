"""Each rule on payments, just below, at and above its threshold, on one bank."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

HOUR = 3600
DAY = 86400
AT_NIGHT = -9 * HOUR  # 3:00 in New York
Scenario = tuple[str, str, bool]


def many(bank: Any, name: str, count: int, *, spread: float, amount: float = 10.0, **facts: Any) -> str:
    """Payments spread evenly, the last of them at noon."""
    steps = [spread * number / (count - 1) - spread for number in range(count)]
    return [bank.pay(name, amount, after=step, **facts) for step in steps][-1]


def velocity(bank: Any) -> dict[Scenario, str]:
    return {
        ("T01", "five payments in an hour", False): many(bank, "v1", 5, spread=600),
        ("T01", "six payments in an hour", True): many(bank, "v2", 6, spread=600),
        ("T01", "six payments, the first exactly an hour ago", False): many(bank, "v3", 6, spread=HOUR),
        ("T01", "six payments, the first a second less ago", True): many(bank, "v4", 6, spread=HOUR - 1),
        ("T01", "seven payments at the same second", True): many(bank, "v5", 7, spread=0),
        ("T02", "4,999.99 in a day", False): many(bank, "v6", 1 + 1, spread=DAY / 2, amount=2499.99),
        ("T02", "5,000.00 in a day", True): many(bank, "v7", 1 + 1, spread=DAY / 2, amount=2500.00),
    }


def declined(bank: Any) -> dict[Scenario, str]:
    found = {}
    for attempts, fires in ((2, False), (3, True)):
        for number in range(attempts):
            bank.pay(f"d{attempts}", 50, after=-60 * (number + 1), status="declined")
        found["T03", f"{attempts} declined attempts", fires] = bank.pay(f"d{attempts}", 50)
    return found


def deviation(bank: Any) -> dict[Scenario, str]:
    found = {}
    amounts = {
        "z1": (200, 362, False),
        "z2": (200, 363, True),
        "z3": (100, 199.99, False),
        "z4": (100, 200, True),
    }
    for name, (usual, amount, fires) in amounts.items():
        bank.habit(name, usual)
        found["T04", f"{amount} where {usual} is usual", fires] = bank.pay(name, amount)
    bank.habit("z5", 200, count=9)
    found["T04", "9,000 with too few payments to compare", False] = bank.pay("z5", 9000)
    return found


def payees(bank: Any) -> dict[Scenario, str]:
    payee = {"txn_type": "p2p_out", "counterparty_account_hash": "payee"}
    bank.pay("p3", 10, after=-60, **payee)
    return {
        ("T05", "999.99 to a new payee", False): bank.pay("p1", 999.99, **payee),
        ("T05", "1,000.00 to a new payee", True): bank.pay("p2", 1000, **payee),
        ("T05", "1,000.00 to a payee of a minute ago", False): bank.pay("p3", 1000, **payee),
        ("T05", "1,000.00 to nobody known", False): bank.pay("p4", 1000),
    }


def card_testing(bank: Any) -> dict[Scenario, str]:
    found = {}
    cases = {"k1": (3, 2.00, 9.99, False), "k2": (3, 2.00, 10.00, True), "k3": (2, 2.00, 10.00, False)}
    cases["k4"] = (3, 2.01, 10.00, False)
    for name, (count, small, large, fires) in cases.items():
        card = {"card_token": f"card-{name}", "channel": "ecom"}
        for number in range(count):
            bank.pay(name, small, after=-60 * (number + 1), **card)
        found["T06", f"{large} after {count} times {small}", fires] = bank.pay(name, large, **card)
    return found


def countries(bank: Any) -> dict[Scenario, str]:
    abroad = {"merchant_id": "m-abroad", "merchant_country": "GB", "card_present_flag": 1}
    bank.pay("g2", 10, after=-DAY, **abroad)
    at_home = {**abroad, "merchant_country": "US"}
    return {
        ("T07", "the card in a new country", True): bank.pay("g1", 10, **abroad),
        ("T07", "the card in a country known since yesterday", False): bank.pay("g2", 10, **abroad),
        ("T07", "the card at home for the first time", False): bank.pay("g3", 10, **at_home),
        ("T07", "the number, not the card", False): bank.pay("g4", 10, **{**abroad, "card_present_flag": 0}),
        ("T08", "a country of tier 4", True): bank.pay("g5", 10, counterparty_country="AO"),
        ("T08", "a country listed only in June", False): bank.pay("g6", 10, counterparty_country="BA"),
        ("T08", "a country that is not listed", False): bank.pay("g7", 10, counterparty_country="GB"),
    }


def times(bank: Any) -> dict[Scenario, str]:
    found = {}
    for name, amount, after, fires in (
        ("h1", 299.99, AT_NIGHT, False),
        ("h2", 300, AT_NIGHT, True),
        ("h3", 300, 0, False),
    ):
        bank.habit(name, 100)
        found["T09", f"{amount} {after} seconds after noon", fires] = bank.pay(name, amount, after=after)
    for name, amount, days, fires in (
        ("w1", 500, 179, False),
        ("w2", 500, 180, True),
        ("w3", 499.99, 180, False),
    ):
        bank.pay(name, 10, after=-days * DAY)
        found["T11", f"{amount} after {days} days", fires] = bank.pay(name, amount)
    bank.pay("w4", 10, after=-200 * DAY)
    bank.pay("w4", 10, after=-60, status="declined")
    found["T11", "500 after 200 days and a declined attempt", True] = bank.pay("w4", 500)
    found["T11", "500 as the account's first payment", False] = bank.pay("w5", 500)
    return found


def cash_like(bank: Any) -> dict[Scenario, str]:
    found = {}
    for name, count, mcc, fires in (
        ("q1", 2, "6011", False),
        ("q2", 3, "6011", True),
        ("q3", 3, "5411", False),
    ):
        card = {"card_token": f"card-{name}", "mcc": mcc}
        found["T13", f"{count} payments, the last with {mcc}", fires] = many(
            bank, name, count, spread=DAY / 2, **card
        )
    return found


def duplicates(bank: Any) -> dict[Scenario, str]:
    found = {}
    shop = {"merchant_id": "m-shop"}
    for name, seconds, amount, fires in (
        ("r1", 120, 30, True),
        ("r2", 121, 30, False),
        ("r3", 60, 30.01, False),
        ("r4", 0, 30, True),
    ):
        bank.pay(name, 30, after=-seconds, **shop)
        found["T14", f"{amount} {seconds} seconds after 30", fires] = bank.pay(name, amount, **shop)
    bank.pay("r5", 30, after=-60, **{**shop, "status": "reversed"})
    found["T14", "again after the first was reversed", False] = bank.pay("r5", 30, **shop)
    first = bank.pay("r6", 30, after=-60, **shop)
    back = {"direction": "C", "txn_type": "reversal", "original_transaction_id": first}
    bank.pay("r6", 30, after=-30, **{**shop, **back})
    found["T14", "again after the first was taken back", False] = bank.pay("r6", 30, **shop)
    return found


FAMILIES: tuple[Callable[[Any], dict[Scenario, str]], ...] = (
    velocity,
    declined,
    deviation,
    payees,
    card_testing,
    countries,
    times,
    cash_like,
    duplicates,
)


class Names:
    """Stands for a bank to list the scenarios when tests are collected."""

    def __getattr__(self, _: str) -> Callable[..., str]:
        return lambda *_, **__: ""


SCENARIOS = [scenario for family in FAMILIES for scenario in family(Names())]


@pytest.fixture(scope="module")
def transactions(new_bank: Any) -> tuple[Any, dict[Scenario, str]]:
    bank = new_bank()
    found = {scenario: key for family in FAMILIES for scenario, key in family(bank).items()}
    bank.log_in("anyone")
    return bank, found


@pytest.fixture(scope="module")
def built(build: Callable[..., ComposedProject], transactions: tuple[Any, Any]) -> ComposedProject:
    tables = {name: rows for name, rows in transactions[0].tables.items() if rows}
    return build(tables)


@pytest.fixture(scope="module")
def hits(built: ComposedProject) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (row["transaction_id"], row["rule_id"]): row
        for row in built.rows("fraud.fraud__transaction_rule_hits")
    }


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: " ".join(map(str, scenario)))
def test_a_rule_fires_from_its_threshold_on(
    scenario: Scenario, transactions: tuple[Any, dict[Scenario, str]], hits: dict[tuple[str, str], Any]
) -> None:
    rule, _, fires = scenario

    assert ((transactions[1][scenario], rule) in hits) is fires


def test_a_hit_shows_the_values_that_fired_it(
    transactions: tuple[Any, dict[Scenario, str]], hits: dict[tuple[str, str], Any]
) -> None:
    hit = hits[transactions[1]["T01", "six payments in an hour", True], "T01"]

    assert json.loads(hit["evidence"]) == {"account_transaction_count_1h": 6, "threshold": 6}
    assert (hit["severity"], hit["status"], hit["points"], hit["reason_code"]) == (
        "medium",
        "active",
        15,
        "F-R01",
    )
    assert (hit["method_class"], hit["rule_version"]) == ("rule", 1)


def test_every_evidence_is_an_object_of_at_most_six_values(hits: dict[tuple[str, str], Any]) -> None:
    evidences = [json.loads(hit["evidence"]) for hit in hits.values()]

    assert len({rule for _, rule in hits}) == len({rule for rule, _, fires in SCENARIOS if fires})
    assert all(1 <= len(evidence) <= 6 for evidence in evidences)


def test_a_rule_in_shadow_is_recorded_and_raises_no_alert(
    built: ComposedProject, transactions: tuple[Any, dict[Scenario, str]], hits: dict[tuple[str, str], Any]
) -> None:
    night = transactions[1]["T09", f"300 {AT_NIGHT} seconds after noon", True]
    totals = built.rows(
        "select sum(shadow_hit_count) as shadow, sum(active_hit_count) as active from fraud.fraud__kpi_daily"
    )

    assert hits[night, "T09"]["status"] == "shadow"
    assert totals == [
        {
            "shadow": sum(hit["status"] == "shadow" for hit in hits.values()),
            "active": sum(hit["status"] == "active" for hit in hits.values()),
        }
    ]


def test_a_posting_and_its_authorisation_are_one_payment(
    build: Callable[..., ComposedProject], new_bank: Any
) -> None:
    bank = new_bank()
    authorised = bank.pay("one", 100, status="authorized")
    bank.pay("one", 100, after=2 * HOUR, original_transaction_id=authorised)
    alone = bank.pay("one", 100, after=3 * HOUR, original_transaction_id="not here")
    tables = {name: rows for name, rows in bank.tables.items() if rows}
    project = build(tables, parameters={"fraud": {"velocity_24h_amount": 500, "shadow_rules": "T01, T14"}})
    rows = project.rows("select * from fraud.fraud__transaction_features order by event_ts")

    assert [(row["transaction_id"], row["account_transaction_count_24h"]) for row in rows] == [
        (authorised, 1),
        (alone, 2),
    ]
    assert rows[1]["seconds_since_previous"] == timedelta(hours=3).total_seconds()
    assert "no_labels" in rows[0]["capability_flags"].split(",")
    assert rows[0]["merchant_risk_7d"] is None
