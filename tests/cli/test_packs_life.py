"""The life of a pack: enabled once, approved again when it changed, disabled, dropped without a trace."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pytest
from tests.bank import Bank, copy_pack, make_bank

from fintech_accelerator.compose.composition import compose
from fintech_accelerator.engines.duckdb import catalogue, open_warehouse, prepare_operations, warehouse_id
from fintech_accelerator.engines.publications import MartToPublish, PublishedColumn, current, publish
from fintech_accelerator.errors import PackChangedError, RunInProgressError
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.ledger.run_lock import run_lock
from fintech_accelerator.packs.discovery import GROUP
from fintech_accelerator.pipeline.packs import enable_packs
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.ledger import AuditEvent


def events(bank: Bank) -> list[AuditEvent]:
    """The audit trail, oldest first."""
    with open_ledger(bank.root / ".fintech" / "ledger.sqlite", read_only=True) as ledger:
        assert ledger.audit.verify().is_intact
        return list(reversed(ledger.audit.events()))


def text(bank: Bank) -> str:
    return (bank.root / "fintech.toml").read_text(encoding="utf-8")


def test_enabling_locks_records_and_keeps_the_comments(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    before = text(bank)

    assert bank.run(capsys, "packs", "enable", "tidy") == 0

    assert text(bank) == before + "\n[packs.tidy]\n"
    assert "approved to read of personal data (P2, P3): nothing" in bank.output
    (event,) = events(bank)
    assert (event.kind, event.details["pack"]) == ("pack_enabled", "tidy")
    assert [pack.name for pack in compose(load_settings(bank.root)).packs] == ["tidy"]

    state = bank.state()
    assert bank.run(capsys, "packs", "enable", "tidy") == 0
    assert "tidy is enabled already" in bank.output
    assert bank.state() == state


def test_several_packs_are_enabled_all_or_not_at_all(bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    before = bank.state()

    assert bank.run(capsys, "packs", "enable", "tidy", "tidi") == 2

    assert "did you mean 'tidy'?" in bank.error
    assert bank.state() == before


def distributions_without_packs(place: Path) -> Path:
    """The distributions that bring packs, as if installed there without them: what stands first counts."""
    for distribution in {point.dist.name: point.dist for point in entry_points(group=GROUP)}.values():
        facts = place / f"{distribution.name.replace('-', '_')}-{distribution.version}.dist-info"
        facts.mkdir(parents=True)
        (facts / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution.name}\nVersion: {distribution.version}\n"
        )
        others = [point for point in distribution.entry_points if point.group != GROUP]
        (facts / "entry_points.txt").write_text(
            "".join(f"[{point.group}]\n{point.name} = {point.value}\n" for point in others)
        )
    return place


def test_all_enables_what_passes_and_names_what_does_not(
    bank: Bank, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(distributions_without_packs(tmp_path / "site-packages"))
    folder = copy_pack(bank.root, "nasty")
    model = folder / "dbt/models/marts/nasty__large_payments.sql"
    sql = model.read_text(encoding="utf-8").replace("from transactions", "from read_csv('/etc/passwd')")
    model.write_text(sql, encoding="utf-8")
    (copy_pack(bank.root, "torn") / "pack.toml").write_text("[pack\n", encoding="utf-8")

    assert bank.run(capsys, "packs", "enable", "--all", "--json") == 2

    done = json.loads(bank.output)
    assert [(each["pack"], each["action"]) for each in done["changes"]] == [("tidy", "enabled")]
    assert [each["name"] for each in done["refused"]] == ["nasty", "torn"]
    assert f"{model}, line 22: it calls the table function" in done["refused"][0]["reason"]
    assert list(load_settings(bank.root).packs) == ["tidy"]


def test_a_pack_is_approved_before_its_inputs_are_mapped(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = text(bank)
    (bank.root / "fintech.toml").write_text(settings[: settings.index("[[sources")], encoding="utf-8")

    assert bank.run(capsys, "packs", "enable", "tidy") == 0

    assert "note: the pack 'tidy' requires the table 'transactions', which no source brings" in bank.output
    assert "next: map your files" in bank.output


@pytest.mark.parametrize("arguments", [(), ("tidy", "--all")])
def test_packs_are_named_or_all_of_them(
    bank: Bank, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert bank.run(capsys, "packs", "enable", *arguments) == 2

    assert "or give --all, not both" in bank.error


def test_packs_are_not_changed_during_a_run(bank: Bank) -> None:
    settings = load_settings(bank.root)

    with run_lock(settings.workspace.run_lock, command="fintech run"), pytest.raises(RunInProgressError):
        enable_packs(settings, ["tidy"])

    assert not settings.workspace.lock_file.exists()


@pytest.fixture
def installed_bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Bank, Path]:
    """A bank with the pack `cards` enabled, installed as a distribution, and where that lies."""
    bank = make_bank(tmp_path / "bank")
    copy_pack(bank.root, "cards").rename(tmp_path / "fintech_pack_cards")
    facts = tmp_path / "fintech_pack_cards-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: fintech-pack-cards\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[fintech.packs]\ncards = fintech_pack_cards\n")
    monkeypatch.syspath_prepend(tmp_path)
    enable_packs(load_settings(bank.root), ["cards"])
    return bank, tmp_path / "fintech_pack_cards"


def test_changed_content_is_refused_until_it_is_approved(
    installed_bank: tuple[Bank, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bank, pack = installed_bank
    for name in ("cards__large_payments.sql", "cards__large_payments.yml"):
        path = pack / "dbt" / "models" / "marts" / name
        path.write_text(path.read_text(encoding="utf-8").replace("size_class", "size_name"), encoding="utf-8")
    macro = pack / "dbt" / "macros" / "cards__size_class.sql"
    macro.write_text(macro.read_text(encoding="utf-8").replace("size_class", "size_name"), encoding="utf-8")
    manifest = pack / "pack.toml"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace(
            "reads_pii = []", 'reads_pii = ["transactions.device_id"]'
        ),
        encoding="utf-8",
    )
    before = bank.state()

    (unavailable,) = compose(load_settings(bank.root)).unavailable
    assert isinstance(unavailable.error, PackChangedError)
    assert bank.run(capsys, "packs", "list", "--json") == 0
    assert {each["name"]: each["state"] for each in json.loads(bank.output)}["cards"] == "changed"
    assert bank.run(capsys, "packs", "enable", "cards") == 2
    assert "run `fintech packs upgrade cards`" in bank.error
    assert bank.run(capsys, "packs", "upgrade") == 2
    assert "give --yes when you mean it" in bank.error
    assert "~ dbt/models/marts/cards__large_payments.sql" in bank.output
    assert "columns: cards__large_payments.size_name: new" in bank.output
    assert "NEW access to personal data: transactions.device_id" in bank.output
    assert bank.state() == before

    assert bank.run(capsys, "packs", "upgrade", "--yes") == 0
    assert [pack.name for pack in compose(load_settings(bank.root)).packs] == ["cards"]
    event = events(bank)[-1]
    assert event.kind == "pack_upgraded"
    assert event.details["access_added"] == ["transactions.device_id"]
    assert event.details["previous_content"] != event.details["content"]
    assert bank.run(capsys, "packs", "upgrade") == 0
    assert "nothing to do" in bank.output


def build(bank: Bank) -> Path:
    """Stand in for a run: relations of the pack, of the core and of somebody else, and a publication."""
    settings = load_settings(bank.root)
    target_name, target = settings.target()
    folder = settings.workspace.publications / target_name
    with open_warehouse(settings.warehouse(target)) as connection:
        prepare_operations(connection)
        for statement in (
            *("create schema core", "create schema tidy", "create schema tidy_restricted"),
            "create table core.transactions as select 1 as transaction_id",
            "create view tidy.stg_tidy__transactions as select * from core.transactions",
            "create table tidy.tidy__daily_totals as select date '2026-01-05' as event_date_local",
            "create table tidy_restricted.tidy__large_payments as select 1 as transaction_id",
        ):
            connection.execute(statement)
        identity = warehouse_id(connection)
        column = PublishedColumn("event_date_local", "date", "P0", "Day.")
        mart = MartToPublish(
            schema="tidy",
            name="tidy__daily_totals",
            time_column="event_date_local",
            columns=(column,),
            restricted=False,
            grain="one row per day",
        )
        publish(connection, folder, "tidy", [mart], {}, now=datetime(2026, 1, 6, tzinfo=UTC))
    with open_ledger(settings.workspace.ledger) as ledger:
        facts = {"content_hash": "x", "through_batch": 1, "run_id": None}
        ledger.slots.moved(identity, "tidy", state="published", publication_id=1, **facts)
        ledger.relations.own(identity, "tidy", [("tidy", "tidy__daily_totals")])
    return folder


def test_disabling_keeps_what_was_built_and_dropping_leaves_no_orphan(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    before = text(bank)
    enable_packs(load_settings(bank.root), ["tidy"])
    (bank.root / "fintech.toml").write_text(text(bank) + "large_amount = 500\n", encoding="utf-8")
    publications = build(bank)
    settings = load_settings(bank.root)
    warehouse = settings.warehouse(settings.target()[1])

    assert bank.run(capsys, "packs", "disable", "tidy") == 0
    assert "large_amount = 500" in bank.output
    assert text(bank) == before
    assert current(publications) == {"tidy": (1,)}
    assert events(bank)[-1].details["dropped_values"] == {"large_amount": "500"}

    assert bank.run(capsys, "packs", "disable", "tidy", "--drop") == 2
    assert "give --yes when you mean it" in bank.error
    assert bank.run(capsys, "packs", "disable", "tidy", "--drop", "--yes") == 0

    with open_warehouse(warehouse, read_only=True) as connection:
        left = {relation for relation in catalogue(connection) if relation[0] != "ops"}
        schemas = {
            row[0] for row in connection.execute("select schema_name from duckdb_schemas()").fetchall()
        }
        identity = warehouse_id(connection)
    assert left == {("core", "transactions")}
    assert not {"tidy", "tidy_restricted"} & schemas
    assert current(publications) == {}
    assert not (publications / "tidy").exists()
    with open_ledger(settings.workspace.ledger, read_only=True) as ledger:
        assert ledger.slots.all(identity) == {}
        assert ledger.relations.owned(identity, "tidy") == ()
    event = events(bank)[-1]
    assert event.kind == "pack_disabled"
    assert "tidy.tidy__daily_totals" in event.details["dropped"]


def test_disabling_what_is_not_enabled_lists_what_is(
    enabled_bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enabled_bank.run(capsys, "packs", "disable", "tidi") == 2

    assert "no enabled pack is called 'tidi' (enabled packs: tidy)" in enabled_bank.error


def test_a_supplier_is_not_disabled_under_those_who_need_it(
    enabled_bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_pack(enabled_bank.root, "needy")
    with (folder / "pack.toml").open("a", encoding="utf-8") as file:
        file.write('\n[imports]\n"tidy__daily_totals" = { version = 1 }\n')
    settings = text(enabled_bank)
    (enabled_bank.root / "fintech.toml").write_text(settings + "\n[packs.needy]\n", encoding="utf-8")
    try:
        assert enabled_bank.run(capsys, "packs", "disable", "tidy") == 2
        assert "'needy' cannot do without 'tidy__daily_totals'" in enabled_bank.error
    finally:
        (enabled_bank.root / "fintech.toml").write_text(settings, encoding="utf-8")
