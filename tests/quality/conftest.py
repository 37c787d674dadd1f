"""One checking process for all tests (it takes seconds to start), and a small warehouse to ask it about."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.quality.results import CheckRequest
from fintech_accelerator.quality.suites import read_suite
from fintech_accelerator.quality.worker import CheckWorker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fintech_accelerator.quality.results import ExpectationResult, SuiteResult
    from fintech_accelerator.quality.suites import Suite

PAYMENTS = """
create schema shop;
create schema core;
create schema other;
create table other.shop__payments as select 1 as only_here;
create table core.parties as select 'c' || range as party_id from range(90);
create table shop.shop__payments as
select
    range as payment_id,
    'c' || (range % 100) as party_id,
    cast(range % 7 as integer) as weekday,
    case when range = 3 then 'bad' else 'AB' || range end as reference,
    cast(range * 1.5 as decimal(18, 2)) as amount,
    cast(range * 3 as decimal(18, 2)) as twice_amount,
    case when range = 5 then null else 'x' end as note,
    case when range in (8, 9) then 8 else range end as batch_key,
    date '2026-01-01' + cast(range % 50 as integer) as paid_date,
    timestamp '2026-01-01 10:00:00' + range * interval 1 minute as paid_at,
    case when range % 2 = 0 then 'open' else 'closed' end as status,
    'EUR' as currency,
    cast(null as varchar) as unused,
    ' =1+1' as remark
from range(100);
"""


def rule(name: str, kind: str, *, severity: str = "critical", **kwargs: Any) -> dict[str, Any]:
    """An expectation as a suite's file holds it."""
    return {"type": kind, "kwargs": kwargs, "severity": severity, "meta": {"rule_id": name}}


def rows_rule(name: str, query: str, *, severity: str = "critical") -> dict[str, Any]:
    """A rule in SQL as a suite's file holds it."""
    return rule(name, "unexpected_rows_expectation", severity=severity, unexpected_rows_query=query)


def suite_of(*rules: dict[str, Any], relation: str = "shop__payments") -> Suite:
    """A suite read from its JSON."""
    text = json.dumps({"name": relation, "meta": {}, "expectations": list(rules)})
    return read_suite(text, relation=relation, where=f"expectations/{relation}.json")


class Asker:
    """Asks the checking process about the small warehouse."""

    def __init__(self, worker: CheckWorker, warehouse: Path, temporary: Path) -> None:
        self.worker = worker
        self.warehouse = warehouse
        self.temporary = temporary

    def result(self, *rules: dict[str, Any], **facts: Any) -> SuiteResult:
        """What a suite of these rules finds; `facts` are those of the request."""
        return self.of_suite(suite_of(*rules), **facts)

    def of_suite(self, suite: Suite, **facts: Any) -> SuiteResult:
        """What a suite finds."""
        request = CheckRequest("shop", suite.relation, suite, **facts)
        return self.check([request])[0]

    def check(self, requests: Sequence[CheckRequest]) -> tuple[SuiteResult, ...]:
        """What several requests find."""
        return self.worker.check(self.warehouse, requests, threads=2, temporary=self.temporary)


def only(result: SuiteResult) -> ExpectationResult:
    """The result of its one rule."""
    assert len(result.expectations) == 1
    return result.expectations[0]


def csv_of(folder: Path, found: ExpectationResult) -> list[list[str]]:
    """The rows that a rule's file holds, with their head."""
    assert found.failing_rows_path is not None
    with (folder / found.failing_rows_path).open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="session")
def worker() -> Iterator[CheckWorker]:
    with CheckWorker() as started:
        yield started


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("small bank") / "ware house 100%.duckdb"
    with open_warehouse(path) as connection:
        connection.execute(PAYMENTS)
    return path


@pytest.fixture
def ask(worker: CheckWorker, warehouse: Path, tmp_path: Path) -> Asker:
    return Asker(worker, warehouse, tmp_path / "temporary")
