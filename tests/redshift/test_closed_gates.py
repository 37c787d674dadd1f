"""A closed gate on Redshift: nobody sees the build, until somebody lets it pass by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.pipeline.limits import HUGE, add_rule, limit
from tests.pipeline.small_bank import SmallBank, pack_of, payments
from tests.redshift.sessions import ask
from tests.redshift.wide_bank import served

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database

LET_PASS = ("--override-gate", "--approved-by", "Ann Other", "--reason", "a known transfer")


@pytest.mark.long
def test_a_closed_gate_is_let_pass_by_hand_and_the_next_run_builds_anew(
    bank: SmallBank, redshift_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    add_rule(bank.root / "packs" / "tidy", "tidy__daily_totals", limit("critical"))
    bank.add("2026-03.csv", [HUGE])
    assert pack_of(bank.go(target="wide")).status == "blocked"
    assert served(redshift_database) == {}
    assert bank.run(capsys, "publish", "tidy", "--target", "wide") == 1
    assert "the gate of 'tidy' is closed" in bank.error

    assert bank.run(capsys, "publish", "tidy", *LET_PASS, "--target", "wide") == 0

    assert len(served(redshift_database)["tidy__daily_totals"]) > len(payments(1)) / 4
    slots = "select active_slot, active_through, spare_state from ops.serving_slots where pack = 'tidy'"
    assert ask(redshift_database, slots) == [("a", 0, "empty")]
    shown = served(redshift_database)
    assert pack_of(bank.go(target="wide")).status == "blocked"  # what was let pass once is looked at again
    assert served(redshift_database) == shown
    assert ask(redshift_database, slots) == [("a", 0, "closed")]
