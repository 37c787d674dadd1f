"""`fintech params`: what holds, what may be set; changes are dated, approved and recorded."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import UsageError
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.pipeline.parameters import change_parameter, list_parameters
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from tests.bank import Bank

APPROVED = ("--from", "2027-01-01", "--approved-by", "Ann Approver")


@pytest.fixture
def bank(bank: Bank) -> Bank:
    """The bank with its pack named in fintech.toml, a comment beside it."""
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write("\n[packs.tidy] # ours\n# agreed with the desk\nlarge_amount = 500 # since May\n")
    return bank


def last_event(bank: Bank) -> dict[str, object]:
    with open_ledger(bank.root / ".fintech" / "ledger.sqlite", read_only=True) as ledger:
        (event,) = ledger.audit.events(1)
    assert event.kind == "parameter_changed"
    return dict(event.details)


def test_the_list_says_what_holds_what_may_be_set_and_why(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bank.run(capsys, "params", "list", "--json") == 0

    large, report = json.loads(bank.output)
    assert (large["value"], large["default"], large["unit"]) == ("500", "1000.0", "base currency")
    assert (large["kind"], large["source"]) == ("policy", "judgement")
    assert large["allowed"] == "1.0 to 100000.0 base currency"
    assert (report["value"], report["kind"], report["effective_from"]) == ("10000.0", "regulatory", None)

    assert bank.run(capsys, "params", "list") == 0
    assert "500 (default 1000.0)" in bank.output
    assert bank.run(capsys, "params", "list", "fraud") == 0
    assert "fraud.velocity_1h_count" in bank.output


def test_the_list_says_who_answers_for_a_threshold(bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    with (bank.root / "packs" / "tidy" / "parameters.toml").open("a", encoding="utf-8") as file:
        file.write('owner_role = "Compliance"\n')

    assert bank.run(capsys, "params", "list") == 0
    assert bank.output.count("owner: Compliance") == 1
    assert bank.run(capsys, "params", "list", "--json") == 0
    assert [row["owner_role"] for row in json.loads(bank.output)] == ["", "Compliance"]


def test_a_policy_value_is_set_in_place_and_the_comments_stay(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (bank.root / "fintech.toml").read_text(encoding="utf-8")

    assert bank.run(capsys, "params", "set", "tidy.large_amount", "750.5") == 0

    assert "tidy.large_amount: 500 -> 750.5 from the next run on (fintech.toml)" in bank.output
    after = (bank.root / "fintech.toml").read_text(encoding="utf-8")
    assert after == before.replace("large_amount = 500", "large_amount = 750.5")
    details = last_event(bank)
    assert (details["pack"], details["name"], details["old"], details["new"]) == (
        *("tidy", "large_amount"),
        *("500", "750.5"),
    )
    assert details["author"] == getpass.getuser()


def test_the_pack_may_be_left_out_when_only_one_has_the_name(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bank.run(capsys, "params", "set", "large_amount", "600", "--json") == 0

    assert json.loads(bank.output)["pack"] == "tidy"


def test_a_regulatory_value_is_appended_with_its_date_and_approver(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = (bank.root / "fintech.toml").read_bytes()

    assert bank.run(capsys, "params", "set", "tidy.report_amount", "9000", *APPROVED) == 0
    first = (bank.root / "parameters.toml").read_text(encoding="utf-8")
    assert bank.run(capsys, "params", "set", "tidy.report_amount", "8000", *APPROVED) == 0

    assert (bank.root / "parameters.toml").read_text(encoding="utf-8").startswith(first)
    assert (bank.root / "fintech.toml").read_bytes() == settings
    details = last_event(bank)
    assert (details["old"], details["new"], details["effective_from"]) == ("9000", "8000", "2027-01-01")
    assert details["approved_by"] == "Ann Approver"
    (report,) = [row for row in list_parameters(load_settings(bank.root)) if row.name == "report_amount"]
    assert report.value == "10000.0"  # until that day
    assert [(each.value, each.effective_from, each.approved_by) for each in report.periods] == [
        ("10000.0", date(1900, 1, 1), ""),
        ("8000", date(2027, 1, 1), "Ann Approver"),
    ]


@pytest.mark.parametrize(
    ("arguments", "reason", "fix"),
    [
        (
            ("tidy.large_amount", "0.5"),
            "outside what is allowed: 1.0 to 100000.0 base currency",
            "in the range",
        ),
        (("tidy.large_amount", "much"), "'much' is not a decimal (allowed: 1.0 to 100000.0", "in the range"),
        (("tidy.large_amont", "700"), "no parameter of 'tidy' is called", "'large_amount'"),
        (("tydy.large_amount", "700"), "no enabled pack is called 'tydy'", "'tidy'"),
        (("larg_amount", "700"), "no enabled pack has a parameter", "'tidy.large_amount'"),
        (("tidy.large_amount", "700", "--from", "2027-01-01"), "without a date", "leave out --from"),
        (("tidy.report_amount", "9000"), "needs somebody's approval", "--approved-by"),
        (("tidy.report_amount", "9000", "--approved-by", "Ann"), "holds from a date", "--from DATE"),
        (
            ("tidy.report_amount", "9000", "--from", "tomorrow"),
            "'tomorrow' is not a day",
            "params set --help",
        ),
        (
            (
                "tidy.report_amount",
                "9000",
                "--from",
                "2027-01-01",
                "--approved-by",
                getpass.getuser().upper(),
            ),
            "cannot approve a change of their own",
            "somebody else",
        ),
        (
            ("tidy.large_amount", "700", "--approved-by", getpass.getuser()),
            "cannot approve a change of their own",
            "somebody else",
        ),
    ],
)
def test_a_wrong_change_says_what_to_do_and_changes_nothing(
    bank: Bank, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], reason: str, fix: str
) -> None:
    before = bank.state()

    assert bank.run(capsys, "params", "set", *arguments) == 2

    assert reason in bank.error
    assert fix in bank.error.partition("fix:")[2]
    assert bank.state() == before
    assert not (bank.root / "parameters.toml").exists()


def test_a_name_that_several_packs_have_wants_the_pack(bank: Bank) -> None:
    from tests.bank import copy_pack

    copy_pack(bank.root, "other")
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write("\n[packs.other]\n")

    with pytest.raises(UsageError, match="a parameter of several packs: other, tidy"):
        change_parameter(
            load_settings(bank.root), "large_amount", "700", now=datetime(2026, 1, 1, tzinfo=UTC)
        )
