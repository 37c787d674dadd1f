"""The made-up bank, run to published marts: every file balances as planned, and what was planted is found."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from fintech_accelerator import open_publications
from fintech_accelerator.compose.composition import compose
from fintech_accelerator.compose.render import render
from fintech_accelerator.compose.runner import DbtRunner
from fintech_accelerator.pipeline.demo import SAMPLE_FOLDER, make_demo_project
from fintech_accelerator.pipeline.packs import enable_packs
from fintech_accelerator.pipeline.run import run
from fintech_accelerator.ports import SampleBankSize
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fintech_accelerator.pipeline.report import RunReport
    from fintech_accelerator.settings import Settings

SIZE = SampleBankSize(customers=500, days=300, seed=5)
SPOILT_TABLES = ["accounts", "credit_scores", "customers", "login_activity", "transactions"]
RULES = ["T01", "T02", "T03", "T04", "T05", "T06", "T07", "T08", "T09", "T11", "T13", "T14"]
LOGIN_FLAGS = {
    "L01": "many_failures_flag",
    "L03": "success_after_failures_flag",
    "L04": "new_device_and_country_flag",
}
ATTACKS = ["brute_force", "credential_stuffing", "low_and_slow", "password_spraying"]
LEAST_RECALL = 0.9
LEAST_PRECISION = 0.9  # of attacks, which ordinary people do not make
MOST_HITS = 0.02  # of all payments or log-ins, by one rule: what fires more often tells nobody anything
PACKS = ("engagement", "fraud", "revenue", "segmentation")
FOUND = {  # what readers of the publications see of it
    "hits": "select transaction_id, rule_id from fraud.fraud__transaction_rule_hits",
    "logins": f"select login_id, {', '.join(LOGIN_FLAGS.values())} from fraud.fraud__login_features",
    "attacks": "select * from fraud.fraud__login_attacks",
    "payments": "select count(*) as payments from fraud.fraud__transaction_features",
}


@dataclass(frozen=True)
class DemoBank:
    """The run, what the bank's maker expects of it, and its publications beside the truth."""

    settings: Settings
    report: RunReport
    expected: dict[str, Any]
    quarantine: Path
    connection: duckdb.DuckDBPyConnection

    def found_and_planted(self, query: str) -> tuple[int, int]:
        """The first row of a query: how many are found, how many were planted."""
        row = self.connection.execute(query).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoBank]:
    folder = tmp_path_factory.mktemp("demo") / "bank"
    make_demo_project(folder, SIZE, on_table=lambda _: None)
    enable_packs(load_settings(folder), PACKS)
    settings = load_settings(folder)
    report = run(settings)
    truth = folder / SAMPLE_FOLDER / "truth"
    expected = json.loads((truth / "expected.json").read_text(encoding="utf-8"))
    with duckdb.connect() as connection:
        for path in truth.glob("*.parquet"):
            connection.execute(f"create view {path.stem} as from '{path}'")
        with open_publications(settings.workspace.publications / report.target) as published:
            for name, query in FOUND.items():
                connection.register(name, published.sql(query).to_arrow_table())
        yield DemoBank(settings, report, expected, settings.workspace.quarantine, connection)


def test_the_marts_are_published(bank: DemoBank) -> None:
    assert {(pack.pack, pack.status, pack.capability_flags) for pack in bank.report.packs} == {
        (pack, "published", ()) for pack in PACKS
    }
    assert bank.report.exit_code == 0
    assert bank.report.refused == ()


def test_every_data_test_of_the_packs_holds(bank: DemoBank) -> None:
    runner = DbtRunner(render(compose(bank.settings)))
    nodes = runner.parse().nodes.values()
    written = {node.unique_id: node.package_name for node in nodes if node.resource_type == "test"}

    done = runner.invoke("test", target=runner.target)

    assert done.exception is None
    assert {each.node.unique_id for each in done.result} == set(written)
    assert set(written.values()) == set(PACKS)
    assert [f"{each.node.name}: {each.message}" for each in done.result if each.status != "pass"] == []


def test_rows_loaded_quarantined_and_doubled_are_those_that_were_written(bank: DemoBank) -> None:
    found: dict[str, Counter[str]] = {}
    for file in bank.report.files:
        assert file.rows_in == file.loaded + file.quarantined + file.duplicates
        found.setdefault(file.table, Counter()).update(
            written=file.rows_in, quarantined=file.quarantined, duplicates=file.duplicates
        )

    assert found == {
        table: Counter(
            written=written,
            quarantined=sum(bank.expected["bad_rows"].get(table, {}).values()),
            duplicates=bank.expected["duplicate_rows"].get(table, 0),
        )
        for table, written in bank.expected["rows_written"].items()
    }


@pytest.mark.parametrize("table", SPOILT_TABLES)
def test_each_spoilt_row_is_quarantined_by_the_rule_it_breaks(bank: DemoBank, table: str) -> None:
    rows = bank.connection.execute(
        f"select rule, count(*) from '{bank.quarantine}/{table}/*.parquet' group by rule"
    ).fetchall()

    assert dict(rows) == bank.expected["bad_rows"][table]


@pytest.mark.parametrize("rule", RULES)
def test_a_payment_rule_finds_what_was_planted_for_it(bank: DemoBank, rule: str) -> None:
    found, planted = bank.found_and_planted(
        f"""
        select count(distinct hits.transaction_id), count(distinct planted.transaction_id)
        from scenario_transactions as planted
        left join hits on planted.transaction_id = hits.transaction_id and hits.rule_id = '{rule}'
        where planted.rule = '{rule}'
        """
    )

    assert planted > 0
    assert found >= LEAST_RECALL * planted


@pytest.mark.parametrize("rule", RULES)
def test_a_payment_rule_is_worth_looking_at(bank: DemoBank, rule: str) -> None:
    hits, planted = bank.found_and_planted(
        f"""
        select
            count(*),
            count(*) filter (where transaction_id in (select transaction_id from scenario_transactions))
        from hits where rule_id = '{rule}'
        """
    )
    payments, _ = bank.found_and_planted("select payments, 0 from payments")

    assert 0 < planted <= hits <= MOST_HITS * payments


@pytest.mark.parametrize("rule", LOGIN_FLAGS)
def test_a_login_rule_finds_what_was_planted_for_it(bank: DemoBank, rule: str) -> None:
    found, planted = bank.found_and_planted(
        f"""
        select count(*) filter (where logins.{LOGIN_FLAGS[rule]} = 1), count(*)
        from scenario_logins as planted left join logins using (login_id)
        where list_contains(string_split(planted.rule, ','), '{rule}')
        """
    )

    assert planted > 0
    assert found >= LEAST_RECALL * planted


@pytest.mark.parametrize("rule", LOGIN_FLAGS)
def test_a_login_rule_is_worth_looking_at(bank: DemoBank, rule: str) -> None:
    hits, planted = bank.found_and_planted(
        f"""
        select count(*), count(*) filter (where login_id in (select login_id from scenario_logins))
        from logins where {LOGIN_FLAGS[rule]} = 1
        """
    )
    logins, _ = bank.found_and_planted("select count(*), 0 from logins")

    assert 0 < planted <= hits <= MOST_HITS * logins


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_log_ins_is_found_at_its_source(bank: DemoBank, attack: str) -> None:
    found, planted = bank.found_and_planted(
        f"""
        select
            count(distinct scenario_id) filter (where attacks.{attack}_flag = 1),
            count(distinct scenario_id)
        from scenario_logins as planted
        left join attacks on attacks.source_key in (planted.ip_prefix, planted.asn)
            and attacks.hour_ts between date_trunc('day', planted.event_ts) and planted.event_ts
        where scenario_id like '{attack}-%'
        """
    )

    assert planted == bank.expected["scenarios"][attack] > 0
    assert found >= LEAST_RECALL * planted


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_told_of_few_sources_that_made_none(bank: DemoBank, attack: str) -> None:
    told, made = bank.found_and_planted(
        f"""
        select count(*), count(*) filter (
            where source_key in (select ip_prefix from scenario_logins union select asn from scenario_logins)
        )
        from attacks where {attack}_flag = 1 and source_type <> 'device'
        """
    )

    assert 0 < LEAST_PRECISION * told <= made
