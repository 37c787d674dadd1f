"""What is written from the contract: SQL that runs, YAML and macro for dbt, the page, the inventory."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import jinja2
import pytest
import yaml

from fintech_accelerator.contract import Kind, load_contract
from fintech_accelerator.contract.dbt_files import contract_macro, core_models_yaml, sources_yaml
from fintech_accelerator.contract.ddl import TECHNICAL_COLUMNS, create_raw_table, raw_columns
from fintech_accelerator.contract.personal_data import UnclassifiedColumnError, inventory
from fintech_accelerator.contract.reference import table_reference
from fintech_accelerator.engines.publications import MartToPublish, PublishedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT = load_contract()
PAGE = Path(__file__).parents[2] / "docs" / "contract.md"


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        connection.execute("create schema raw_data")
        for table in CONTRACT.loadable_tables():
            connection.execute(create_raw_table(table))
            connection.execute(create_raw_table(table))  # a second time changes nothing
        yield connection


@pytest.mark.parametrize("table", CONTRACT.loadable_tables(), ids=lambda table: table.name)
def test_a_raw_table_has_the_loadable_columns_and_where_a_row_came_from(
    warehouse: duckdb.DuckDBPyConnection, table: Any
) -> None:
    found = warehouse.execute(
        "select column_name, data_type, is_nullable from information_schema.columns "
        "where table_schema = 'raw_data' and table_name = ? order by ordinal_position",
        [table.name],
    ).fetchall()

    expected = [
        (name, re.sub(r"^VARCHAR\(.*", "VARCHAR", kind.upper()), "YES") for name, kind in raw_columns(table)
    ]
    assert found == expected
    assert [name for name, _, _ in found[-5:]] == list(TECHNICAL_COLUMNS)
    assert not {name for name, _, _ in found} & {column.name for column in table.derived}


def test_the_sources_tell_dbt_every_raw_column_with_its_class() -> None:
    (source,) = yaml.safe_load(sources_yaml(CONTRACT))["sources"]

    assert source["schema"] == "raw_data"
    tables = {table["name"]: table["columns"] for table in source["tables"]}
    assert set(tables) == {table.name for table in CONTRACT.loadable_tables()}
    for name, columns in tables.items():
        written = tuple((column["name"], column["data_type"]) for column in columns)
        assert written == raw_columns(CONTRACT.table(name))
        assert {column["config"]["meta"]["pii"] for column in columns} <= {"P0", "P1", "P2", "P3"}


def test_the_models_of_core_have_enforced_contracts() -> None:
    models = {model["name"]: model for model in yaml.safe_load(core_models_yaml(CONTRACT))["models"]}

    assert set(models) == set(CONTRACT.tables)
    for table in CONTRACT.tables.values():
        model = models[table.name]
        assert model["config"]["contract"] == {"enforced": True}
        for entry, column in zip(model["columns"], table.columns, strict=True):
            assert entry == {
                "name": column.name,
                "data_type": column.type,
                "description": column.meaning,
                "config": {"meta": {"pii": column.pii}},
            }


def render(call: str) -> str:
    def returned(value: Any) -> Any:
        found.append(value)
        return ""

    def failed(message: str) -> str:
        raise LookupError(message)

    found: list[Any] = []
    template = jinja2.Environment(autoescape=True).from_string(
        contract_macro(CONTRACT) + "{{ " + call + " }}"
    )
    template.globals["return"] = returned
    template.globals["exceptions"] = {"raise_compiler_error": failed}
    template.render()
    return repr(found[0])


def test_models_can_ask_for_a_table_of_the_contract() -> None:
    table = CONTRACT.table("rate_index")

    assert render("contract_table('rate_index')") == repr(
        {
            "kind": "reference",
            "schema": "ref",
            "key": ["index_code", "rate_date"],
            "event_column": None,
            "columns": [
                {"name": column.name, "type": column.type, "default": None} for column in table.loadable
            ],
            "derived": ["loaded_at"],
        }
    )
    assert "'event_column': 'event_ts'" in render("contract_table('transactions')")
    assert "{'name': 'is_test', 'type': 'smallint', 'default': '0'}" in render("contract_table('accounts')")
    with pytest.raises(LookupError, match="the contract has no table 'accountz'"):
        render("contract_table('accountz')")


def test_the_page_in_the_documentation_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == table_reference(CONTRACT), (
        "run: python -m fintech_accelerator.contract.reference docs/contract.md"
    )


def test_the_page_names_every_table_and_column_and_stays_a_table() -> None:
    page = table_reference(CONTRACT)

    for table in CONTRACT.tables.values():
        assert f"### `{table.schema}.{table.name}`" in page
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(table.columns) for table in CONTRACT.tables.values())
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}


SCORE = PublishedColumn("score", "decimal(9,6)", "P1", "The score.")
MART = MartToPublish("fraud", "fraud__transaction_score", None, (SCORE,))


def test_the_inventory_has_every_column_of_raw_core_and_marts_with_its_class() -> None:
    rows = inventory(CONTRACT, [MART])

    places = {(row.schema, row.relation, row.column): row for row in rows}
    assert len(places) == len(rows)
    assert places["core_pii", "customers_pii", "birth_date"].pii == "P3"
    assert places["raw_data", "customers_pii", "birth_date"].source == "a source of the bank"
    assert places["core", "transactions", "amount_base"].source == "the core"
    assert ("raw_data", "transactions", "amount_base") not in places
    assert places["raw_data", "transactions", "_batch_id"].source == "the loader"
    score = places["fraud", "fraud__transaction_score", "score"]
    assert (score.pii, score.meaning, score.source) == ("P1", "The score.", "the pack fraud")
    for table in CONTRACT.tables.values():
        for column in table.columns:
            assert places[table.schema, table.name, column.name].meaning == column.meaning
        if table.kind is Kind.HISTORY:
            assert not [place for place in places if place[:2] == ("raw_data", table.name)]


@pytest.mark.parametrize("pii", ["", "P4", "personal"])
def test_a_column_without_a_class_is_an_error_that_names_it(pii: str) -> None:
    mart = replace(MART, columns=(SCORE, replace(SCORE, name="reason", pii=pii)))

    with pytest.raises(UnclassifiedColumnError) as caught:
        inventory(CONTRACT, [mart])
    assert caught.value.reason == "no class of personal data for: fraud.fraud__transaction_score.reason"
    assert "P0, P1, P2, P3" in caught.value.fix
