"""What accounts, balances and log-ins say about a payment, and the rules that rest on it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

HOUR = 3600
DAY = 86400
TODAY = date(2026, 5, 20)
PAYEE = {"txn_type": "p2p_out", "counterparty_account_hash": "payee"}
MFA = {"mfa_result": "timed_out", "outcome": "challenged"}
Scenario = tuple[str, str, bool]


def holding(bank: Any, name: str, balance: float, *, days_ago: int = 1) -> None:
    """What the customer's account held at the end of a day."""
    bank.customer(name)
    row = {"account_id": f"a-{name}", "balance_date": TODAY - timedelta(days=days_ago)}
    bank.tables.setdefault("balances_daily", []).append({**row, "balance_eod": balance, "currency": "USD"})


def credit(bank: Any, name: str, amount: float, *, after: float, **facts: Any) -> None:
    """Money that comes in."""
    bank.pay(name, amount, after=after, direction="C", txn_type="deposit", **facts)


def drains(bank: Any) -> dict[Scenario, str]:
    found = {}
    for name, amount, fires in (("b1", 799.99, False), ("b2", 800, True), ("b3", 2000, True)):
        holding(bank, name, 1000)
        found["T10", f"{amount} of 1,000 to a new payee", fires] = bank.pay(name, amount, **PAYEE)
    holding(bank, "b4", 1000)
    bank.pay("b4", 1, after=-60, status="authorized", **PAYEE)
    found["T10", "all to a known payee", False] = bank.pay("b4", 1000, **PAYEE)
    holding(bank, "b5", 1000)
    credit(bank, "b5", 1000, after=-HOUR)
    found["T10", "900 of 1,000 and 1,000 that came in before", False] = bank.pay("b5", 900, **PAYEE)
    holding(bank, "b6", 1000)
    credit(bank, "b6", 1000, after=HOUR)
    found["T10", "900 of 1,000 before more came in", True] = bank.pay("b6", 900, **PAYEE)
    holding(bank, "b7", 1000)
    found["T10", "900 in another currency", False] = bank.pay("b7", 900, **PAYEE, currency="EUR")
    holding(bank, "b8", 1000, days_ago=2)
    found["T10", "900 where only an older balance is known", False] = bank.pay("b8", 900, **PAYEE)
    holding(bank, "b9", -50)
    found["T10", "900 of an overdrawn account", False] = bank.pay("b9", 900, **PAYEE)
    for name, seconds, fires in (("n1", DAY, True), ("n2", DAY + HOUR, False), ("n3", -1, False)):
        holding(bank, name, 1000)
        bank.pay(name, 1, after=-3 * DAY, **PAYEE)
        bank.log_in(name, after=-seconds, device_id="stolen")
        found["T10", f"all to a known payee, {seconds} seconds after a new device", fires] = bank.pay(
            name, 1000, **PAYEE
        )
    holding(bank, "n4", 1000)
    bank.pay("n4", 1, after=-3 * DAY, **PAYEE)
    bank.log_in("n4", after=-2 * DAY, device_id="own")
    bank.log_in("n4", after=-HOUR, device_id="own")
    found["T10", "all to a known payee after a device of two days ago", False] = bank.pay("n4", 1000, **PAYEE)
    holding(bank, "n5", 1000)
    bank.pay("n5", 1, after=-3 * DAY, **PAYEE)
    bank.log_in("n5", after=-HOUR, device_id="stolen", outcome="failure", failure_reason="bad_password")
    found["T10", "all to a known payee after a new device failed", False] = bank.pay("n5", 1000, **PAYEE)
    return found


def changes(bank: Any) -> dict[Scenario, str]:
    found = {}
    cases = {
        "x1": (48 * HOUR, "password_change", "success", True),
        "x2": (48 * HOUR + 60, "password_change", "success", False),
        "x3": (HOUR, "email_change", "success", True),
        "x4": (HOUR, "password_reset", "failure", False),
        "x5": (HOUR, "beneficiary_add", "success", False),
        "x6": (0, "mfa_disable", "success", True),
        "x7": (-1, "phone_change", "success", False),
    }
    for name, (seconds, event, outcome, fires) in cases.items():
        bank.log_in(name, after=-seconds, event_type=event, outcome=outcome)
        found["T12", f"to a new payee {seconds} seconds after {event}, {outcome}", fires] = bank.pay(
            name, 10, **PAYEE
        )
    bank.pay("x8", 10, after=-60, **PAYEE)
    bank.log_in("x8", after=-HOUR, event_type="password_change")
    found["T12", "to a known payee after a change", False] = bank.pay("x8", 10, **PAYEE)
    bank.log_in("x9", after=-60 * HOUR, event_type="password_change")
    bank.log_in("x9", after=-2 * HOUR, event_type="address_change")
    found["T12", "to a new payee after two changes", True] = bank.pay("x9", 10, **PAYEE)
    return found


def challenges(bank: Any) -> dict[Scenario, str]:
    """Log-ins after second factors that were not passed."""
    found = {}
    for name, count, step, outcome, fires in (
        ("m4", 4, 60, "success", False),
        ("m5", 5, 60, "success", True),
        ("m6", 6, 60, "success", True),
        ("wide", 5, 120, "success", False),
        ("just", 5, 119, "success", True),
        ("out", 5, 60, "failure", False),
    ):
        for number in range(count):
            bank.log_in(name, after=-step * (number + 1), **MFA)
        passed = {"outcome": outcome, "mfa_result": "passed"}
        found["L05", f"{outcome} after {count} challenges {step} seconds apart", fires] = bank.log_in(
            name, **passed
        )
    return found


FAMILIES: tuple[Callable[[Any], dict[Scenario, str]], ...] = (drains, changes)


class Names:
    """Stands for a bank to list the scenarios when tests are collected."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Any]] = {}

    def __getattr__(self, _: str) -> Callable[..., str]:
        return lambda *_, **__: ""


PAYMENTS = [scenario for family in FAMILIES for scenario in family(Names())]
LOGINS = list(challenges(Names()))


@pytest.fixture(scope="module")
def bank(new_bank: Any) -> tuple[Any, dict[Scenario, str]]:
    bank = new_bank()
    found = {scenario: key for family in (*FAMILIES, challenges) for scenario, key in family(bank).items()}
    for number, country in enumerate(("US", "GB", "GB", None)):
        facts = {"merchant_country": country, "mcc": f"541{number % 2}", "card_token": "card", "amount": 10}
        bank.pay("travel", **facts, after=-HOUR * (3 - number), merchant_id="m")
    for row in bank.tables["accounts"]:
        row["opened_date"] = None if row["account_id"] == "a-b1" else TODAY - timedelta(days=100)
    return bank, found


@pytest.fixture(scope="module")
def built(build: Callable[..., ComposedProject], bank: tuple[Any, Any]) -> ComposedProject:
    return build({name: rows for name, rows in bank[0].tables.items() if rows})


@pytest.fixture(scope="module")
def features(built: ComposedProject) -> dict[str, dict[str, Any]]:
    return {row["transaction_id"]: row for row in built.rows("fraud.fraud__transaction_features")}


@pytest.fixture(scope="module")
def hits(built: ComposedProject) -> dict[tuple[str, str], dict[str, Any]]:
    rows = built.rows("fraud.fraud__transaction_rule_hits")
    return {(row["transaction_id"], row["rule_id"]): row for row in rows}


@pytest.mark.parametrize("scenario", PAYMENTS, ids=lambda scenario: " ".join(map(str, scenario)))
def test_a_rule_fires_from_its_threshold_on(
    scenario: Scenario, bank: tuple[Any, dict[Scenario, str]], hits: dict[tuple[str, str], Any]
) -> None:
    rule, _, fires = scenario

    assert ((bank[1][scenario], rule) in hits) is fires


@pytest.mark.parametrize("scenario", LOGINS, ids=lambda scenario: " ".join(map(str, scenario)))
def test_fatigue_shows_from_so_many_challenges_on(
    scenario: Scenario, bank: tuple[Any, dict[Scenario, str]], built: ComposedProject
) -> None:
    key = bank[1][scenario]
    flags = {row["login_id"]: row["mfa_fatigue_flag"] for row in built.rows("fraud.fraud__login_features")}

    assert flags[key] == int(scenario[2])


def test_new_rules_are_in_shadow_and_show_what_fired_them(
    bank: tuple[Any, dict[Scenario, str]], hits: dict[tuple[str, str], Any]
) -> None:
    drained = hits[bank[1]["T10", "800 of 1,000 to a new payee", True], "T10"]
    changed = hits[bank[1]["T12", "to a new payee after two changes", True], "T12"]

    assert json.loads(drained["evidence"]) == {
        "balance_drain_ratio": 0.8,
        "is_first_payee": 1,
        "hours_since_new_device_login": None,
        "threshold": 0.8,
        "threshold_hours": 24,
    }
    assert json.loads(changed["evidence"])["hours_since_credential_change"] == 2
    for hit in (drained, changed):
        assert (hit["severity"], hit["status"], hit["rule_version"]) == ("high", "shadow", 1)


def test_a_payment_takes_at_most_all_and_nothing_is_known_of_what_is_not_held(
    bank: tuple[Any, dict[Scenario, str]], features: dict[str, dict[str, Any]]
) -> None:
    ratios = {
        scenario[1]: features[key]["balance_drain_ratio"]
        for scenario, key in bank[1].items()
        if key in features
    }

    assert float(ratios["2000 of 1,000 to a new payee"]) == 1
    assert float(ratios["900 of 1,000 and 1,000 that came in before"]) == 0.45
    assert ratios["900 in another currency"] is None
    assert ratios["900 where only an older balance is known"] is None
    assert ratios["900 of an overdrawn account"] is None


def test_an_account_is_as_old_as_the_days_since_its_opening(features: dict[str, dict[str, Any]]) -> None:
    assert features["b2-001"]["account_age_days"] == 100
    assert features["b1-001"]["account_age_days"] is None


def test_windows_count_countries_and_categories_once_and_leave_the_payment_out_of_the_prior(
    features: dict[str, dict[str, Any]],
) -> None:
    rows = [features[f"travel-{number:03}"] for number in range(1, 5)]

    assert [row["distinct_country_count_24h"] for row in rows] == [1, 2, 2, 2]
    assert [row["distinct_mcc_count_1h"] for row in rows] == [1, 1, 1, 1]
    for row in rows:
        assert row["prior_account_transaction_count_24h"] == row["account_transaction_count_24h"] - 1
        assert row["prior_account_amount_sum_24h"] == row["account_amount_sum_24h"] - row["amount_base"]
        assert row["prior_card_transaction_count_24h"] == row["card_transaction_count_24h"] - 1
        assert row["prior_device_transaction_count_24h"] is None
