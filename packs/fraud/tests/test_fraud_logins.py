"""Log-in features, their flags, and attacks by source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

FAILED = {"outcome": "failure", "failure_reason": "bad_password"}
HOME = {"device_id": "d-home", "ip_prefix": "10.1.1.0/24", "asn": "AS10", "ip_country": "US"}
AWAY = {"device_id": "d-away", "ip_prefix": "10.9.9.0/24", "asn": "AS90", "ip_country": "GB"}
DAY = 86400


def fail(bank: Any, name: str, count: int, *, ending: float = -10, step: float = 10, **facts: Any) -> str:
    """Failures that end so many seconds after noon."""
    return [
        bank.log_in(name, after=ending - step * number, **FAILED, **facts)
        for number in reversed(range(count))
    ][-1]


def customers(bank: Any) -> dict[str, str]:
    """Log-ins of customers, by what they show."""
    found = {}
    for name in ("once", "twice", "home"):
        bank.log_in(name, after=-2 * DAY, **HOME)
    found["nine failures"] = fail(bank, "nine", 9, **HOME)
    found["ten failures"] = fail(bank, "ten", 10, **HOME)
    found["ninety-nine in a row"] = fail(bank, "long", 99, step=600, **HOME)
    found["a hundred in a row"] = fail(bank, "longer", 100, step=600, **HOME)
    fail(bank, "once", 4, **AWAY)
    found["in after four failures"] = bank.log_in("once", **AWAY)
    fail(bank, "twice", 5, **AWAY)
    found["in after five failures"] = bank.log_in("twice", **AWAY)
    found["at home after a day"] = bank.log_in("home", **HOME)
    fail(bank, "reset", 3, ending=-100, **HOME)
    bank.log_in("reset", after=-50, **HOME)
    found["failed after a success"] = fail(bank, "reset", 2, **HOME)
    return found


def attacks(bank: Any) -> None:
    for number in range(20):
        facts = {"ip_prefix": "10.20.0.0/24", "asn": "AS20", "device_id": f"x{number}"}
        fail(bank, f"stuffed-{number}", 1, ending=10, known=False, **facts)
    bank.log_in("stuffed-1", after=20, ip_prefix="10.20.0.0/24", asn="AS20", device_id="x1")
    for number in range(20):
        fail(bank, f"shared-{number}", 1, ending=40, ip_prefix="10.21.0.0/24", device_id=f"y{number}")
    for number in range(19):
        fail(bank, f"few-{number}", 1, ending=40, ip_prefix="10.22.0.0/24", device_id=f"z{number}")
    for number in range(21):
        prefix = f"10.23.{number % 3}.0/24"
        fail(bank, f"sprayed-{number}", 1, ending=50, ip_prefix=prefix, asn="AS23", device_id=f"w{number}")
    fail(bank, "forced", 50, ending=60, step=1, ip_prefix="10.24.0.0/24", device_id="v1")
    for number in range(50):
        prefix = f"10.25.{number % 15}.0/24"
        slow = {"ip_prefix": prefix, "asn": "AS25", "device_id": f"s{number}"}
        fail(bank, f"slow-{number}", 1, ending=-300 * number, **slow)
    for day in range(1, 6):
        for number in range(10):
            fail(
                bank,
                f"usual-{number}",
                1,
                ending=-day * DAY,
                ip_prefix="10.26.0.0/24",
                device_id=f"u{number}",
            )
    for number in range(20):
        fail(bank, f"usual-{number}", 1, ending=70, ip_prefix="10.26.0.0/24", device_id=f"u{number}")


@pytest.fixture(scope="module")
def bank(new_bank: Any) -> tuple[Any, dict[str, str]]:
    bank = new_bank()
    found = customers(bank)
    attacks(bank)
    bank.pay("home", 10)
    return bank, found


@pytest.fixture(scope="module")
def built(build: Callable[..., ComposedProject], bank: tuple[Any, Any]) -> ComposedProject:
    tables = {name: rows for name, rows in bank[0].tables.items() if rows}
    shared = [{"ip_prefix": "10.21.0.0/24", "reason": "office"}]
    return build({**tables, "shared_ip_prefixes": shared})


@pytest.fixture(scope="module")
def logins(built: ComposedProject) -> dict[str, dict[str, Any]]:
    return {row["login_id"]: row for row in built.rows("fraud.fraud__login_features")}


@pytest.mark.parametrize(
    ("shown", "flag", "expected"),
    [
        ("nine failures", "many_failures_flag", 0),
        ("ten failures", "many_failures_flag", 1),
        ("ninety-nine in a row", "throttle_gap_flag", 0),
        ("a hundred in a row", "throttle_gap_flag", 1),
        ("in after four failures", "success_after_failures_flag", 0),
        ("in after five failures", "success_after_failures_flag", 1),
        ("in after five failures", "new_device_and_country_flag", 1),
        ("at home after a day", "new_device_and_country_flag", 0),
        ("at home after a day", "is_new_device", 0),
        ("failed after a success", "failed_streak_count", 2),
        ("failed after a success", "failed_count_1h", 5),
    ],
)
def test_a_log_in_is_flagged_from_the_threshold_on(
    shown: str, flag: str, expected: int, bank: tuple[Any, dict[str, str]], logins: dict[str, dict[str, Any]]
) -> None:
    assert logins[bank[1][shown]][flag] == expected


def test_failures_do_not_make_a_device_known(
    bank: tuple[Any, dict[str, str]], logins: dict[str, Any]
) -> None:
    login = logins[bank[1]["in after five failures"]]

    assert (login["is_new_device"], login["is_new_country"], login["is_new_asn"]) == (1, 1, 1)
    assert (login["distinct_country_count_24h"], login["distinct_device_count_7d"]) == (1, 2)
    assert float(login["days_since_last_success"]) == 2.0


def test_a_log_in_of_nobody_known_has_its_source_only(logins: dict[str, Any]) -> None:
    unknown = [
        row for row in logins.values() if row["customer_id"] is None and row["ip_distinct_user_count_1h"] > 1
    ]

    assert unknown
    assert all(row["failed_count_1h"] is None and row["is_new_device"] is None for row in unknown)


@pytest.mark.parametrize(
    ("source", "flags"),
    [
        ("10.20.0.0/24", {"credential_stuffing_flag"}),
        ("10.21.0.0/24", set()),
        ("10.22.0.0/24", set()),
        ("AS23", {"credential_stuffing_flag", "password_spraying_flag"}),
        ("10.24.0.0/24", {"brute_force_flag"}),
        ("AS25", {"low_and_slow_flag"}),
        ("10.26.0.0/24", set()),
    ],
)
def test_a_source_shows_the_attack_it_makes(source: str, flags: set[str], built: ComposedProject) -> None:
    rows = [row for row in built.rows("fraud.fraud__login_attacks") if row["source_key"] == source]
    names = [name for name in rows[0] if name.endswith("_flag")]

    assert rows
    assert {name for row in rows for name in names if row[name] == 1} == flags


def test_an_attack_counts_who_got_in(built: ComposedProject) -> None:
    (row,) = [row for row in built.rows("fraud.fraud__login_attacks") if row["source_key"] == "10.20.0.0/24"]

    assert (row["attempt_count"], row["distinct_user_count"], row["failed_count"]) == (21, 20, 20)
    assert (row["success_after_failure_count"], row["compromised_user_estimate"]) == (1, 1)


def test_devices_are_told_apart_by_their_hash(built: ComposedProject) -> None:
    devices = {
        row["source_key"]
        for row in built.rows("fraud.fraud__login_attacks")
        if row["source_type"] == "device"
    }

    assert devices
    assert all(len(device) == 64 for device in devices)
