"""The real dbt-redshift adapter over the real driver."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database

TOY = Path(__file__).parent / "toy"


class Dbt:
    """dbt over a copy of the toy project, in one process."""

    def __init__(self, folder: Path, database: Database, **target: Any) -> None:
        from dbt.cli.main import dbtRunner

        shutil.copytree(TOY, folder)
        profile = database.profile("toy", schema="toy")
        profile["toy"]["outputs"]["redshift"].update(target)
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
        self.folder = folder
        self._runner = dbtRunner()

    def __call__(self, *command: str) -> dict[str, str]:
        """Status or message by node; the command must not fail as a whole."""
        where = ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]
        result = self._runner.invoke(
            ["--quiet", "--no-version-check", "--log-level-file", "none", *command, *where]
        )
        assert result.exception is None, result.exception
        found = getattr(result.result, "results", None) or []
        return {
            each.node.name: str(each.message if each.status == "error" else each.status) for each in found
        }


def rows(database: Database, query: str) -> list[list[Any]]:
    connection = database.connect()
    try:
        cursor = connection.cursor()
        cursor.execute(query)
        return [list(row) for row in cursor.fetchall()]
    finally:
        connection.close()


@pytest.fixture
def reporter(redshift_database: Database) -> str:
    connection = redshift_database.connect()
    connection.autocommit = True
    connection.cursor().execute("create user reporter password disable")
    connection.close()
    return "reporter"


@pytest.mark.usefixtures("reporter")
@pytest.mark.parametrize(
    "target", [{}, {"datasharing": True, "ra3_node": True}], ids=["plain", "datasharing"]
)
def test_a_project_is_seeded_run_twice_and_tested(
    redshift_database: Database, tmp_path: Path, target: dict[str, Any]
) -> None:
    dbt = Dbt(tmp_path / "toy", redshift_database, **target)

    assert dbt("seed") == {"payments": "success"}
    first = dbt("run")
    second = dbt("run")

    assert set(first.values()) == {"success"}, first
    assert set(second.values()) == {"success"}, second
    assert set(dbt("test").values()) == {"pass"}
    dbt("docs", "generate")
    assert rows(redshift_database, "select count(*), count(distinct transaction_id) from toy.by_day") == [
        [60, 60]
    ]
    assert rows(redshift_database, "select count(*), count(distinct agreed_id) from toy.agreed") == [[2, 1]]
    design = rows(
        redshift_database,
        'select "table", diststyle, sortkey1 from svv_table_info where "schema" = \'toy\' order by 1',
    )
    assert ["agreed", "ALL", "AUTO(SORTKEY)"] in design
    assert ["daily", "KEY(customer_id)", "occurred_on"] in design
    granted = rows(
        redshift_database,
        "select privilege_type from svv_relation_privileges where relation_name = 'agreed'"
        " and identity_name = 'reporter'",
    )
    assert granted == [["select"]]


@pytest.mark.usefixtures("reporter")
def test_a_late_binding_view_outlives_the_table_under_it(redshift_database: Database, tmp_path: Path) -> None:
    dbt = Dbt(tmp_path / "toy", redshift_database)
    dbt("seed")
    dbt("run", "--select", "stg_payments")

    dbt("seed", "--full-refresh")

    assert rows(redshift_database, "select count(*) from toy.stg_payments") == [[60]]


def test_a_model_that_redshift_refuses_fails_by_name(redshift_database: Database, tmp_path: Path) -> None:
    query = "select arg_max(country, occurred_at) as last_country from {{ ref('payments') }}"
    dbt = Dbt(tmp_path / "toy", redshift_database)
    (dbt.folder / "models" / "duckish.sql").write_text(query, encoding="utf-8")
    dbt("seed")

    result = dbt("run", "--select", "duckish")

    assert "Database Error" in result["duckish"]


def test_a_late_binding_view_is_made_again_with_the_table_under_it(
    redshift_database: Database, tmp_path: Path
) -> None:
    dbt = Dbt(tmp_path / "toy", redshift_database)
    models = {
        "rebuilt": "{{ config(materialized='table') }} select transaction_id from {{ ref('payments') }}",
        "above": "{{ config(materialized='view', bind=false) }} select * from {{ ref('rebuilt') }}",
    }
    for name, sql in models.items():
        (dbt.folder / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")
    dbt("seed")

    for _ in range(3):
        assert dbt("run", "--select", *models) == dict.fromkeys(models, "success")
