"""The customers who pay by chance, and some whose coming, staying, leaving and buying is told by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .made_payments import FIRST, LAST, Row, random_bank

if TYPE_CHECKING:
    from collections.abc import Iterable

NEWCOMERS = {
    "stays": ("web", date(2025, 7, 3), [(2025, 7), (2025, 8), (2025, 10)]),
    "leaves": ("branch", date(2025, 7, 20), [(2025, 7)]),
    "silent": (None, date(2025, 7, 31), []),
}
WELCOME = {
    "consent_marketing": 1,
    "consent_profiling": 1,
    "deceased_flag": 0,
    "vulnerable_flag": 0,
    "kyc_status": "verified",
    "party_type": "individual",
    "birth_year": 1990,
}
OFFERED: dict[str, Row] = {
    "welcome": {},
    "has-savings": {},
    "called": {},
    "contacted-twice": {},
    "held-out": {},
    "complained-90-days-ago": {},
    "profiling-not-asked": {"consent_profiling": None},
    "nineteen-this-year": {"birth_year": 2007},
    "business": {"party_type": "business", "birth_year": None},
    "late": {"days_past_due": 1},
    "no-consent": {"consent_marketing": 0},
    "not-asked": {"consent_marketing": None},
    "no-profiling": {"consent_profiling": 0},
    "dead": {"deceased_flag": 1},
    "vulnerable": {"vulnerable_flag": 1},
    "identity-not-checked": {"kyc_status": "refresh_due"},
    "identity-unknown": {"kyc_status": None},
    "eighteen-this-year": {"birth_year": 2008},
    "age-unknown": {"birth_year": None},
    "left": {"ended": date(2026, 4, 1)},
    "complained-89-days-ago": {},
    "contacted-three-times": {},
}
MAY_BE = {*list(OFFERED)[:10]}


def moving_bank(new_bank: Any) -> Any:
    bank = random_bank(new_bank)
    for name, (channel, since, months) in NEWCOMERS.items():
        bank.holder(name, since=since, onboarding_channel=channel)
        act_in(bank, name, months)
    bank.tables["customers"][-2]["relationship_end_date"] = date(2025, 9, 1)
    bank.holder("before-the-data", since=FIRST - timedelta(days=1), onboarding_channel="web")
    bank.act("before-the-data", FIRST)
    bank.holder("sleeps-a-year", since=FIRST - timedelta(days=900))
    bank.act("sleeps-a-year", FIRST)
    bank.act("sleeps-a-year", LAST)
    take_savings(bank)
    may_be_offered(bank)
    return bank


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC).replace(tzinfo=None)


def ago(days: int) -> date:
    return LAST - timedelta(days=days)


def take_savings(bank: Any) -> None:
    """Who takes savings so many days after a checking account, for one year ago; None never does."""
    for number, after in enumerate((0, 1, 90, 179, 180, 181, -5, 90, 91, 92, None, None)):
        name = f"saver-{number:02}"
        bank.holder(name, since=ago(365))
        if after is not None:
            since = ago(365 - after)
            bank.account(f"{name}-savings", of=name, product_type="savings", since=since)
    bank.holder("too-new-to-tell", since=ago(179))
    bank.account("too-new-savings", of="too-new-to-tell", product_type="savings", since=ago(100))
    bank.holder("told-already", since=ago(180))
    bank.tables["accounts"][-1]["opened_date"] = ago(180)


def may_be_offered(bank: Any) -> None:
    """Customers with a checking account who may be offered something, or of whom one thing forbids it."""
    for name, facts in OFFERED.items():
        person = {**WELCOME, **facts}
        late = person.pop("days_past_due", 0)
        end = person.pop("ended", None)
        bank.holder(name, since=ago(600), relationship_end_date=end, **person)
        bank.tables["accounts"][-1]["days_past_due"] = late
    bank.account("has-savings-too", of="has-savings", product_type="savings", since=ago(400))
    bank.tables["contacts_complaints"] = [
        contact(1, "complained-89-days-ago", 89, "complaint"),
        contact(2, "complained-90-days-ago", 90, "complaint"),
        contact(3, "called", 1, "call"),
    ]
    bank.tables["campaigns"] = [
        campaign(f"{name}-{number}", name, days, arm)
        for name, arm, all_days in (
            ("contacted-three-times", "treatment", (0, 10, 29)),
            ("contacted-twice", "treatment", (0, 29, 30)),
            ("held-out", "control", (1, 2, 3)),
        )
        for number, days in enumerate(all_days)
    ]


def contact(number: int, name: str, days: int, kind: str) -> Row:
    at = noon(ago(days))
    return {"contact_id": f"k{number}", "customer_id": name, "event_ts": at, "contact_type": kind}


def campaign(number: str, name: str, days: int, arm: str) -> Row:
    return {"campaign_id": number, "customer_id": name, "contacted_at": noon(ago(days)), "arm": arm}


def act_in(bank: Any, name: str, months: Iterable[tuple[int, int]]) -> None:
    """An act at the end of each month."""
    for year, month in months:
        bank.act(name, date(year, month, 28) + timedelta(days=3 if name == "stays" else 0))
