"""Log-in features, their flags, and attacks by source."""

from __future__ import annotations

import statistics
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from .made_logins import DAY, USUAL, Row, attacks, busy, customers

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

MICRO = Decimal("1e-6")


@pytest.fixture(scope="module")
def bank(new_bank: Any) -> tuple[Any, dict[str, str]]:
    bank = new_bank()
    found = customers(bank)
    attacks(bank)
    busy(bank)
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
        row
        for row in logins.values()
        if row["customer_id"] is None and (row["ip_distinct_user_count_1h"] or 0) > 1
    ]

    assert unknown
    assert all(row["failed_count_1h"] is None and row["is_new_device"] is None for row in unknown)


@pytest.fixture(scope="module")
def events(bank: tuple[Any, Any]) -> list[Row]:
    """Log-ins and resets with what each was."""
    return [
        {
            **row,
            "failed": row["event_type"] == "login" and row["outcome"] in {"failure", "blocked"},
            "in": row["event_type"] == "login" and row["outcome"] == "success",
            "mfa": row["mfa_result"] in {"failed", "denied"} or row["failure_reason"] == "mfa_failed",
            "reset": row["event_type"] == "password_reset",
        }
        for row in bank[0].tables["login_activity"]
    ]


def within(events: list[Row], row: Row, key: str, seconds: int) -> list[Row]:
    """Events of the same key in (t - W, t]."""
    first = row["event_ts"] - timedelta(seconds=seconds)
    return [each for each in events if each[key] == row[key] and first < each["event_ts"] <= row["event_ts"]]


@pytest.mark.parametrize(
    ("column", "fact", "seconds"),
    [
        ("failed_count_5m", "failed", 300),
        ("failed_count_1h", "failed", 3600),
        ("failed_count_24h", "failed", DAY),
        ("success_count_24h", "in", DAY),
        ("mfa_failed_count_1h", "mfa", 3600),
        ("password_reset_count_24h", "reset", DAY),
        ("distinct_ip_count_24h", "ip_prefix", DAY),
        ("distinct_device_count_7d", "device_id", 7 * DAY),
    ],
)
def test_a_customers_window_counts_what_lies_in_it(
    column: str, fact: str, seconds: int, events: list[Row], logins: dict[str, Row]
) -> None:
    found = set()
    for row in events:
        if row["event_type"] != "login":
            assert row["login_id"] not in logins
            continue
        facts = [each[fact] for each in within(events, row, "customer_id", seconds)]
        count = len(set(facts) - {None}) if fact in {"ip_prefix", "device_id"} else sum(facts)
        expected = count if row["customer_id"] else None
        assert logins[row["login_id"]][column] == expected
        found.add(expected)
    assert len(found) > 2


def test_an_address_is_new_until_a_success_came_from_it(events: list[Row], logins: dict[str, Row]) -> None:
    used = [row for row in events if row["in"]]
    found = {row["login_id"]: row["is_new_ip_prefix"] for row in logins.values()}
    for row in events:
        if row["event_type"] == "login":
            known = any(
                (each["customer_id"], each["ip_prefix"]) == (row["customer_id"], row["ip_prefix"])
                and each["event_ts"] < row["event_ts"]
                for each in used
            )
            told = row["customer_id"] and row["ip_prefix"]
            assert found[row["login_id"]] == (int(not known) if told else None)
    assert set(found.values()) == {0, 1, None}


def test_a_machines_address_is_told_where_either_sign_is_known(
    events: list[Row], logins: dict[str, Row]
) -> None:
    for row in events:
        signs = {row["is_vpn_proxy"], row["is_hosting_asn"]} - {None}
        if row["event_type"] == "login":
            assert logins[row["login_id"]]["is_vpn_or_hosting"] == max(signs, default=None)
    assert {row["is_vpn_or_hosting"] for row in logins.values()} == {0, 1, None}


def test_a_source_is_judged_by_all_who_came_from_it(events: list[Row], logins: dict[str, Row]) -> None:
    entries = [row for row in events if row["event_type"] == "login"]
    ratios, users = set(), set()
    for row in entries:
        found = logins[row["login_id"]]
        hour = within(entries, row, "ip_prefix", 3600)
        ratio = sum(each["failed"] for each in hour) / len(hour) if row["ip_prefix"] else None
        month = {each["username_hash"] for each in within(entries, row, "device_id", 30 * DAY)}
        assert found["ip_failed_ratio_1h"] == (
            None if ratio is None else pytest.approx(Decimal(ratio), abs=MICRO)
        )
        assert found["device_distinct_user_count_30d"] == (len(month) if row["device_id"] else None)
        ratios.add(found["ip_failed_ratio_1h"])
        users.add(found["device_distinct_user_count_30d"])
    assert len(ratios) > 4
    assert len(users) > 3


@pytest.mark.parametrize(("source_type", "column"), [("ip_prefix", "ip_prefix"), ("asn", "asn")])
def test_an_hour_of_a_source_shows_who_tried_and_how(
    source_type: str, column: str, events: list[Row], built: ComposedProject
) -> None:
    rows = [row for row in built.rows("fraud.fraud__login_attacks") if row["source_type"] == source_type]
    hours: dict[Any, list[Row]] = {}
    for row in events:
        if row["event_type"] == "login":
            moment = row["event_ts"].replace(minute=0, second=0)
            hours.setdefault((row[column], moment), []).append(row)
    for row in rows:
        tried = hours[row["source_key"], row["hour_ts"]]
        counted = (row["attempt_count"], row["distinct_user_agent_count"], row["distinct_ip_prefix_count"])
        agents, prefixes = ({each[name] for each in tried} for name in ("user_agent_hash", "ip_prefix"))
        unknown = sum(each["failure_reason"] == "unknown_user" for each in tried)
        failed = sum(each["failed"] for each in tried)
        assert counted == (len(tried), len(agents - {None}), len(prefixes - {None}))
        assert row["failed_ratio"] == pytest.approx(Decimal(failed) / len(tried), abs=MICRO)
        assert row["unknown_user_ratio"] == pytest.approx(Decimal(unknown) / len(tried), abs=MICRO)
    for name in ("distinct_user_agent_count", "unknown_user_ratio", "failed_ratio"):
        assert len({row[name] for row in rows}) > 2


def test_what_is_usual_for_a_source_is_the_median_of_its_hours_of_28_days(built: ComposedProject) -> None:
    rows = built.rows("select * from fraud.fraud__login_attacks order by hour_ts")
    last = {row["source_key"]: row["usual_attempt_count"] for row in rows}

    assert last["10.26.0.0/24"] == statistics.median(count for day, count in USUAL.items() if day <= 28) == 11
    assert last["10.20.0.0/24"] is None


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
