"""Log-ins that show one thing each, attacks, and log-ins by chance."""

from __future__ import annotations

import random
from typing import Any

FAILED = {"outcome": "failure", "failure_reason": "bad_password"}
HOME = {"device_id": "d-home", "ip_prefix": "10.1.1.0/24", "asn": "AS10", "ip_country": "US"}
AWAY = {"device_id": "d-away", "ip_prefix": "10.9.9.0/24", "asn": "AS90", "ip_country": "GB"}
DAY = 86400
USUAL = {1: 6, 2: 8, 3: 10, 4: 12, 5: 14, 6: 16, 29: 2}  # log-ins of a source so many days before
Row = dict[str, Any]


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
    for day, count in USUAL.items():
        for number in range(count):
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


def busy(bank: Any) -> None:
    """Log-ins and resets of a few customers by chance: ties, exact window edges, what is not known."""
    chance = random.Random(3)  # noqa: S311  (rows for a test)
    for number in range(240):
        outcome = chance.choice(["success", "failure", "failure", "blocked", "challenged"])
        reason = chance.choice(["bad_password", "unknown_user", "mfa_failed"])
        window = chance.choice([0, 300, 3600, DAY, 30 * DAY, chance.randrange(DAY)])
        bank.log_in(
            f"busy-{chance.randrange(4)}",
            after=-window - chance.choice([0, 60, 12 * DAY]),
            known=number % 9 > 0,
            event_type=chance.choice(["login", "login", "login", "password_reset"]),
            outcome=outcome,
            failure_reason=reason if outcome == "failure" else None,
            mfa_result=chance.choice([None, "passed", "failed", "denied", "timed_out"]),
            device_id=chance.choice([None, "b1", f"b-{number % 5}"]),
            user_agent_hash=chance.choice([None, "browser", "robot", "app"]),
            ip_prefix=chance.choice([None, "10.30.0.0/24", f"10.30.{number % 7}.0/24"]),
            asn=chance.choice([None, "AS30"]),
            is_vpn_proxy=chance.choice([None, 0, 0, 1]),
            is_hosting_asn=chance.choice([None, 0, 0, 1]),
        )
