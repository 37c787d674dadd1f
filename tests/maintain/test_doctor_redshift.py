"""`fintech doctor` on a Redshift target: what stands in the way is named, and what it says to type helps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.connectors.aws_server import REGION, aws, aws_address
from tests.maintain.wide import do
from tests.pipeline.small_bank import SmallBank, fresh_bank
from tests.redshift.wide_bank import let_in, target_entry

from fintech_accelerator.pipeline.doctor import examine
from fintech_accelerator.pipeline.doctor_redshift import examine_redshift
from fintech_accelerator.testing.standin.fixtures import redshift_database, redshift_standin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.connectors.aws_server import Aws

    from fintech_accelerator.pipeline.findings import Finding
    from fintech_accelerator.testing.standin import Database, RedshiftStandin

__all__ = ["aws", "aws_address", "redshift_database", "redshift_standin"]
TYPED = re.compile(r"`((?:grant|alter) [^`]+)`")


@pytest.fixture
def bank(
    redshift_standin: RedshiftStandin,
    redshift_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> SmallBank:
    let_in(redshift_database, monkeypatch)
    bank = fresh_bank(tmp_path / "bank")
    text = target_entry(redshift_database, redshift_standin.buckets)
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    return bank


def change(bank: SmallBank, old: str, new: str) -> None:
    path = bank.root / "fintech.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def findings(bank: SmallBank) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for each in examine(bank.root, target="wide"):
        found.setdefault(each.check, []).append(each)
    return found


def statuses(found: dict[str, list[Finding]], check: str) -> set[str]:
    return {each.status for each in found[check]}


def test_a_target_in_order_has_nothing_that_fails(bank: SmallBank) -> None:
    found = findings(bank)

    assert not [each for listed in found.values() for each in listed if each.status == "failed"]
    assert found["version"][0].found.startswith("Redshift 1.0")
    assert statuses(found, "rights") == statuses(found, "statistics") == {"ok"}
    assert "stand-in" in found["TLS"][0].fix
    assert "rights are missing" in found["access"][0].found
    assert "fintech warehouse plan --target wide" in found["access"][0].fix
    assert {each.found.partition(" ")[0] for each in found["settings"]} == {
        *("datestyle", "timezone", "a", "require_ssl", "enable_user_activity_logging")
    }
    assert all(each.fix for listed in found.values() for each in listed if each.status != "ok")


def test_what_it_says_to_type_gives_a_login_its_rights(
    bank: SmallBank, redshift_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(
        redshift_database,
        "create schema ops",
        "create user engine password 'Engine1234'",
        "alter user engine set datestyle to 'SQL, DMY'",
    )
    change(bank, f'user = "{redshift_database.user}"', 'user = "engine"')
    monkeypatch.setenv("FINTECH_REDSHIFT_PASSWORD", "Engine1234")

    found = findings(bank)
    lacking = [each for each in (*found["rights"], *found["settings"]) if each.status == "failed"]
    assert statuses(found, "security") == {"warning"}  # no run needs it before the matrix is in force
    lacking += found["security"]
    typed = [statement for each in lacking for statement in TYPED.findall(each.fix)]

    assert len(typed) == len(lacking) == 5
    do(redshift_database, *typed)
    after = findings(bank)
    assert statuses(after, "rights") == statuses(after, "security") == {"ok"}
    assert not [each for each in after["settings"] if each.status == "failed"]


def test_without_a_login_the_reason_is_told_and_the_rest_is_still_looked_at(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FINTECH_REDSHIFT_PASSWORD")

    found = findings(bank)

    (target,) = found["target"]
    assert target.status == "failed"
    assert "no password" in target.found
    assert "export FINTECH_REDSHIFT_PASSWORD" in target.fix
    assert "version" not in found
    assert found["landing bucket"]
    assert found["ledger"]


@pytest.mark.parametrize(
    ("sslmode", "host", "status"),
    [
        ("verify-full", "bank.example", "ok"),
        ("verify-ca", "bank.example", "warning"),
        ("disable", "bank.example", "failed"),
        ("disable", "127.0.0.1", "warning"),
    ],
)
def test_how_the_way_to_the_warehouse_is_kept_safe(
    bank: SmallBank, sslmode: str, host: str, status: str
) -> None:
    settings = bank.settings
    _, target = settings.target("wide")
    assert target.engine == "redshift"

    first = next(
        examine_redshift(settings, "wide", target.model_copy(update={"sslmode": sslmode, "host": host}))
    )

    assert (first.check, first.status, bool(first.fix)) == ("TLS", status, status != "ok")


def test_a_bucket_that_is_not_safe_fails(bank: SmallBank, aws: Aws) -> None:
    aws.bucket("bank-landing")
    change(bank, "buckets_folder", 'region = "' + REGION + '"\n# buckets_folder')

    found = findings(bank)["landing bucket"]

    assert {each.status for each in found} == {"failed"}
    assert any("public" in each.found for each in found)
    assert all(each.fix for each in found)
