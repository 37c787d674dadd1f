"""Great Expectations over redshift_connector: a whole table, and the touched days of one."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from fintech_accelerator.engines.redshift.login import Login
from fintech_accelerator.ports import Credentials
from fintech_accelerator.quality.results import CheckRequest, SuiteResult
from fintech_accelerator.quality.suites import read_suite
from fintech_accelerator.quality.worker import CheckWorker

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database

RULES = [
    ("unique", "expect_column_values_to_be_unique", {"column": "payment_id"}),
    ("known", "expect_column_values_to_not_be_null", {"column": "amount"}),
    ("in_range", "expect_column_values_to_be_between", {"column": "amount", "min_value": 0}),
    ("few", "expect_column_max_to_be_between", {"column": "amount", "max_value": 100}),
]
SUITE = json.dumps(
    {
        "name": "payments",
        "meta": {},
        "expectations": [
            {"type": kind, "kwargs": arguments, "severity": "critical", "meta": {"rule_id": rule_id}}
            for rule_id, kind, arguments in RULES
        ],
    }
)


def test_rules_hold_on_touched_days_and_fail_on_the_whole(redshift_database: Database) -> None:
    connection = redshift_database.connect()
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("create schema shop__a")
    cursor.execute(
        "create table shop__a.payments (payment_id varchar(8), booked date, amount decimal(18, 2))"
    )
    cursor.execute("insert into shop__a.payments values ('p1', '2026-01-01', null), ('p2', '2026-01-02', 5)")
    connection.close()

    suite = read_suite(SUITE, relation="payments", where="payments.json")
    built = {"shop": "shop__a"}
    whole = CheckRequest("shop", "payments", suite, built_in=built)
    touched = CheckRequest(
        "shop", "payments", suite, day_column="booked", days=(date(2026, 1, 2),), built_in=built
    )
    login = Login(
        redshift_database.host,
        redshift_database.port,
        redshift_database.name,
        Credentials(redshift_database.user, redshift_database.password),
        sslmode=redshift_database.sslmode,
        query_group="fintech:run-1",
        statement_timeout_seconds=77,
    )
    with CheckWorker() as worker:
        found = worker.check_redshift(login, [whole, touched])
    assert [_failed(result) for result in found] == [["known"], []]
    assert [result.relation for result in found] == ["shop.payments"] * 2
    if redshift_database.is_standin:
        sent = [each.sql for each in redshift_database.statements]
        sessions = sent.count("set statement_timeout to 77000")
        assert sessions == sent.count("set query_group to 'fintech:run-1'") > 0


def _failed(result: SuiteResult) -> list[str]:
    assert not any(each.raised for each in result.expectations), result
    return [each.rule_id for each in result.expectations if not each.success]
