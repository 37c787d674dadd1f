"""From a built pack to its gate: what is asked, of which rows, and what core's tables have to say in it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.quality.conftest import rows_rule, rule

from fintech_accelerator.errors import PackRefusedError
from fintech_accelerator.quality.gate import decide
from fintech_accelerator.quality.requests import (
    checked_suites,
    core_requests,
    readable_relations,
    requests_for,
    results_for,
)
from fintech_accelerator.testing import composed_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.quality.results import CheckRequest, SuiteResult
    from fintech_accelerator.quality.worker import CheckWorker
    from fintech_accelerator.testing import ComposedProject

TIDY = Path(__file__).parents[1] / "fixtures" / "packs" / "tidy"
FIRST = datetime(2026, 3, 2, 15, tzinfo=UTC).replace(tzinfo=None)
NOT_NULL = "expect_column_values_to_not_be_null"
KNOWN_PAYMENT = (
    "select t.event_date_local from {batch} as t left join core.transactions as c"
    " on t.event_date_local = c.event_date_local where c.transaction_id is null"
)


def _payment(number: int, **facts: Any) -> dict[str, Any]:
    return {
        "transaction_id": f"t{number}",
        "account_id": "a1",
        "event_ts": FIRST + timedelta(days=number),
        "amount": 10 + number,
        "direction": "D",
        "currency": "USD",
        "txn_type": "purchase",
        "status": "posted",
        **facts,
    }


def _write_suite(pack: Path, relation: str, *rules: dict[str, Any]) -> None:
    text = json.dumps({"name": relation, "expectations": list(rules)}, indent=2)
    (pack / "expectations" / f"{relation}.json").write_text(text)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposedProject]:
    """Twelve days of payments, and then one late payment on the third of them."""
    folder = tmp_path_factory.mktemp("project")
    pack = folder / "packs" / "tidy"
    shutil.copytree(TIDY, pack)
    _write_suite(
        pack,
        "tidy__daily_totals",
        rule("totals.day", NOT_NULL, column="event_date_local"),
        rule("totals.one_row_a_day", "expect_column_values_to_be_unique", column="event_date_local"),
        rows_rule("totals.known", KNOWN_PAYMENT),
    )
    rows = {
        "customers": [{"customer_id": "c1"}],
        "accounts": [{"account_id": "a1", "primary_customer_id": "c1", "product_type": "checking"}],
        "transactions": [_payment(number) for number in range(12)],
    }
    made = composed_project(folder / "bank", ["tidy"], rows, pack_folders=[pack])
    yield made
    made.close()


def _check(
    project: ComposedProject, worker: CheckWorker, requests: tuple[CheckRequest, ...]
) -> tuple[SuiteResult, ...]:
    project.close()
    return worker.check(project.composition.warehouse, requests, temporary=project.dbt.temporary)


def test_a_first_build_is_checked_whole_and_an_increment_on_its_days(
    project: ComposedProject, worker: CheckWorker
) -> None:
    composition = project.composition
    pack = composition.pack("tidy")
    project.rebuild()
    first = {each.relation: each for each in requests_for(pack, composition, project.connection)}
    core_first = core_requests(composition, project.connection)
    project.run({"transactions": [_payment(100, event_ts=FIRST + timedelta(days=2, hours=1))]})
    later = {each.relation: each for each in requests_for(pack, composition, project.connection)}
    core_later = {each.relation: each for each in core_requests(composition, project.connection)}

    assert {each.days for each in first.values()} == {None}
    assert {each.days for each in core_first} == {None}
    assert later["tidy__daily_totals"].days == (date(2026, 3, 4),)
    assert later["tidy__daily_totals"].day_column == "event_date_local"
    assert core_later["transactions"].days == (date(2026, 3, 4),)
    found = _check(project, worker, tuple(later.values()))
    checked = {each.rule_id: (each.success, each.checked) for suite in found for each in suite.expectations}
    assert checked["totals.day"] == checked["totals.known"] == (True, "touched days")


def test_a_pack_is_asked_with_its_classes_and_only_about_what_it_may_read(project: ComposedProject) -> None:
    composition = project.composition
    pack = composition.pack("tidy")
    totals = next(
        each
        for each in requests_for(pack, composition, project.connection)
        if each.relation == "tidy__daily_totals"
    )

    assert totals.schema == "tidy"
    assert totals.column_classes["credited_amount"] == "P1"
    assert "core.transactions" in totals.readable
    assert "ref.countries" in totals.readable
    assert "tidy.stg_tidy__transactions" in totals.readable
    assert "core.credit_scores" not in totals.readable  # not among what the pack asked for
    assert not [each for each in totals.readable if each.startswith(("core_pii.", "raw_data.", "ops."))]


def test_core_tables_that_a_pack_requires_decide_about_it_too(
    project: ComposedProject, worker: CheckWorker
) -> None:
    composition = project.composition
    pack = composition.pack("tidy")
    project.run(
        {"transactions": [_payment(200, ingested_at=FIRST - timedelta(days=1))]}
    )  # known before it was
    core = _check(project, worker, core_requests(composition, project.connection))
    own = _check(project, worker, requests_for(pack, composition, project.connection))

    gate = decide(results_for(pack, own, core))

    assert {each.relation for each in core} == {f"core.{table}" for table in pack.manifest.requires}
    assert decide(own).status == "passed"
    assert gate.status == "failed"
    assert gate.blocking == ("transactions.not_known_before_it_happened",)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (rule("r1", NOT_NULL, column="event_date"), "has no column 'event_date'"),
        (
            rule("r1", NOT_NULL, column="event_date_local", mostly={"$PARAMETER": "nothing"}),
            "no undated parameter",
        ),
        (
            rows_rule("r1", "select t.event_date_local from {batch} as t, core_pii.customers_pii as p"),
            "it reads core_pii.customers_pii",
        ),
        (
            rows_rule("r1", "select t.a from {batch} as t, raw_data.transactions as p"),
            "it reads raw_data.transactions",
        ),
        (
            rows_rule("r1", "select t.a from {batch} as t, fraud.fraud__kpi_daily as p"),
            "it reads fraud.fraud__kpi_daily",
        ),
    ],
)
def test_a_suite_that_does_not_fit_its_pack_is_refused_by_name(
    project: ComposedProject, changed: dict[str, Any], words: str
) -> None:
    pack = project.composition.pack("tidy")
    text = json.dumps({"name": "tidy__daily_totals", "expectations": [changed]})
    altered = replace(pack, files={**pack.files, "expectations/tidy__daily_totals.json": text.encode()})

    with pytest.raises(PackRefusedError, match="the pack 'tidy' is refused") as caught:
        checked_suites(altered, project.composition)
    assert words in caught.value.reason
    assert "tidy__daily_totals.json" in caught.value.reason


def test_a_restricted_mart_is_read_only_by_restricted_suites(project: ComposedProject) -> None:
    pack = project.composition.pack("tidy")
    restricted = "tidy_restricted.tidy__large_payments"

    assert restricted not in readable_relations(pack, project.composition, "tidy__daily_totals")
    assert restricted in readable_relations(pack, project.composition, "tidy__large_payments")
