"""What statements mean on the stand-in: types, transactions, the log, lost connections, encryption."""

from __future__ import annotations

import datetime as dt
import gc
import subprocess
from contextlib import closing
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import redshift_connector

from fintech_accelerator.testing.standin import RedshiftStandin, Tls

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing.standin import Database

moment = partial(dt.datetime, tzinfo=None)
NUMBERS = "(select 1 as x union all select 2) as numbers"


def rows(database: Database, query: str, arguments: tuple[Any, ...] = ()) -> list[list[Any]]:
    with closing(database.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(query, arguments)
        return [list(row) for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"select avg(x), sum(x) from {NUMBERS}", [1, 3]),
        ("select 5 / 2", [2]),
        ("select round(cast(2.12375 as double precision), 4)", [2.1238]),
        (
            "select extract(day from '2024-01-31'::timestamp) / 7, extract(hour from '2024-01-31'::date)",
            [4, 0],
        ),
        ("select datediff(year, '2023-12-31'::date, '2024-01-01'::date)", [1]),
        ("select dateadd(month, 1, '2024-01-31'::timestamp)", [moment(2024, 2, 29)]),
        (
            (
                "select dateadd(hour, -25, '2024-03-01'::date), dateadd(minute, 90, '2024-03-01'::date),"
                " dateadd(second, 86401, '2024-02-29'::date), dateadd(ms, 1500, '2024-03-01'::date),"
                " dateadd(us, -1, '2024-03-01'::date)"
            ),
            [
                moment(2024, 2, 28, 23),
                moment(2024, 3, 1, 1, 30),
                moment(2024, 3, 1, 0, 0, 1),
                moment(2024, 3, 1, 0, 0, 1, 500000),
                moment(2024, 2, 29, 23, 59, 59, 999999),
            ],
        ),
        ("select date_trunc('week', '2024-01-03'::date)", [moment(2024, 1, 1)]),
        ("select nvl(null, 3), nvl2(null, 1, 2), decode(2, 1, 'one', 2, 'two', 'more')", [3, 2, "two"]),
        (f"select listagg(x, '|') within group (order by x desc) from {NUMBERS}", ["2|1"]),
        (f"select x from {NUMBERS} qualify row_number() over (order by x desc) = 1", [2]),
        (f"select top 1 x from {NUMBERS} order by x desc", [2]),
        (f"select median(x), approximate count(distinct x) from {NUMBERS}", [1.5, 2]),
        ("select regexp_replace('a1b2', '[0-9]', ''), strtol('ff', 16), len('abc')", ["ab", 255, 3]),
        ("select json_extract_path_text('{\"a\":{\"b\":1}}', 'a', 'b')", ["1"]),
        ("select cast('1.239' as decimal(18, 2))", [Decimal("1.24")]),
        (
            "select convert_timezone('America/New_York', '2024-07-01 12:00'::timestamp)",
            [moment(2024, 7, 1, 8)],
        ),
        (f"select x, count(*) from {NUMBERS} group by all order by x", [1, 1]),
    ],
)
def test_a_query_gives_what_redshift_gives(
    redshift_database: Database, query: str, expected: list[Any]
) -> None:
    assert rows(redshift_database, query)[0] == expected


def test_windows_ignore_nulls(redshift_database: Database) -> None:
    steps = "(select 1 as n, 5 as x union all select 2, null union all select 3, 7) as steps"
    frame = "order by n rows between unbounded preceding and current row"

    found = rows(
        redshift_database,
        f"select n, lag(x) ignore nulls over (order by n), last_value(x) ignore nulls over ({frame}),"
        f" first_value(x) ignore nulls over ({frame}) from {steps} order by n",
    )

    assert found == [[1, None, 5, 5], [2, 5, 5, 5], [3, 5, 7, 5]]


def test_a_fresh_table_is_known_to_the_planner(redshift_database: Database) -> None:
    with closing(redshift_database.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"create table fresh as (select x from {NUMBERS})")
        cursor.execute("select tbl_rows from svv_table_info where \"table\" = 'fresh'")

        assert list(cursor.fetchone()) == [2]


def test_values_are_bound(redshift_database: Database) -> None:
    found = rows(redshift_database, "select %s::int + 1, nvl(%s::varchar, 'none')", (41, None))

    assert found == [[42, "none"]]


def test_a_refusal_aborts_exactly_its_transaction(redshift_database: Database) -> None:
    with closing(redshift_database.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("create table kept (id int)")
        connection.commit()
        cursor.execute("insert into kept values (1)")

        with pytest.raises(redshift_connector.Error, match="DISTKEY names exactly one column"):
            cursor.execute("create table wrong (a int, b int) distkey (a, b)")
        with pytest.raises(redshift_connector.Error, match="current transaction is aborted"):
            cursor.execute("select 1")
        connection.rollback()
        cursor.execute("select count(*) from kept")

        assert cursor.fetchone()[0] == 0


def test_the_log_tells_what_became_of_each_statement(redshift_database: Database) -> None:
    with closing(redshift_database.connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("select 1 as plain")
        cursor.execute("create table designed (a int distkey)")
        with pytest.raises(redshift_connector.Error):
            cursor.execute("create table wrong (a int) diststyle wide")

    fates = {
        each.sql.split()[2]: each.fate for each in redshift_database.statements if len(each.sql.split()) > 3
    }

    assert fates == {"as": "passed", "designed": "rewritten", "wrong": "refused"} | {
        name: fate for name, fate in fates.items() if name not in ("as", "designed", "wrong")
    }
    (refused,) = [each for each in redshift_database.statements if each.fate == "refused"]
    assert refused.reason == 'syntax error at or near "wide"'
    assert refused.user == redshift_database.user


def test_a_terminated_connection_fails_and_the_next_one_works(redshift_database: Database) -> None:
    with closing(redshift_database.connect()) as killer:
        victim = redshift_database.connect()
        cursor = victim.cursor()
        cursor.execute("create table half_done (id int)")
        cursor.execute("select pg_backend_pid()")
        (pid,) = cursor.fetchone()
        killer.cursor().execute(f"select pg_terminate_backend({pid})")

        with pytest.raises((redshift_connector.Error, OSError)):
            cursor.execute("select 1")
        victim._usock.close()

    assert rows(redshift_database, "select count(*) from pg_tables where tablename = 'half_done'") == [[0]]


def test_keys_are_not_enforced_and_varchar_has_256_bytes(redshift_database: Database) -> None:
    with closing(redshift_database.connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("create table keyed (id bigint primary key, note varchar, amount decimal)")
        cursor.execute("insert into keyed values (1, 'a', 1.7), (1, 'b', 2)")
        cursor.execute("select count(*), max(amount) from keyed")
        assert list(cursor.fetchone()) == [2, Decimal(2)]
        with pytest.raises(redshift_connector.Error, match="too long"):
            cursor.execute("insert into keyed (id, note) values (2, %s)", ("x" * 257,))


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning"
)  # the driver leaves the socket of a refused handshake open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_certificate_is_verified_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = tmp_path / "standin.pem", tmp_path / "standin.key"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
    subprocess.run(make, check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with RedshiftStandin(tls=Tls(certificate, key)) as standin:
        database = standin.create_database()
        assert database.target_settings()["sslmode"] == "verify-full"
        assert rows(database, "select 1") == [[1]]
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises((redshift_connector.Error, OSError), match=r"(?i)certificate"):
            database.connect()
        gc.collect()
