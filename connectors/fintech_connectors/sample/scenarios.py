"""How many of each scenario a bank of a size has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fintech_accelerator.ports import SampleBankSize

DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Scenario:
    """A kind of planted scenario: how many a thousand customers bring in a year."""

    kind: str
    per_thousand: float
    least_days: int = 30


OF_CUSTOMERS = (
    Scenario("card_testing", 8),
    Scenario("account_takeover", 6),
    Scenario("impossible_journey", 6),
    Scenario("structuring", 4),
    Scenario("structuring_decoy", 2),
    Scenario("large_cash", 3),
    Scenario("mule", 4),
    Scenario("dormant_wake_up", 5, least_days=280),
    Scenario("velocity_burst", 5),
    Scenario("declined_burst", 4),
    Scenario("double_charge", 6),
    Scenario("listed_country", 3),
    Scenario("outflow_burst", 4),
    Scenario("payment_diversion", 4),
    Scenario("cloned_card", 5),
    Scenario("night_purchase", 5),
    Scenario("cash_run", 5),
)
OF_SOURCES = (
    Scenario("credential_stuffing", 3),
    Scenario("password_spraying", 2),
    Scenario("brute_force", 3),
    Scenario("low_and_slow", 1),
)


def wanted(scenarios: tuple[Scenario, ...], size: SampleBankSize) -> list[tuple[int, str, int]]:
    """Position, kind and number of each scenario; at least one where the history is long enough."""
    scale = size.customers / 1000 * size.days / DAYS_A_YEAR
    return [
        (position, each.kind, max(1, round(each.per_thousand * scale)) if size.days >= each.least_days else 0)
        for position, each in enumerate(scenarios, start=1)
    ]
