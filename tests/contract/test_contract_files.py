"""The contract's files: valid by their standard, complete, and without contradictions."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from open_data_contract_standard.model import OpenDataContractStandard

from fintech_accelerator.contract import Column, Kind, Requirement, Table, load_contract
from fintech_accelerator.contract.read import FOLDER, SUFFIX
from fintech_accelerator.strict_yaml import load

CONTRACT = load_contract()
TABLES = tuple(CONTRACT.tables.values())
COLUMNS = tuple((table, column) for table in TABLES for column in table.columns)
IDS = [f"{table.name}.{column.name}" for table, column in COLUMNS]
STANDARD = files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
VALIDATOR = jsonschema.Draft201909Validator(json.loads(STANDARD))
EVENT_TABLES = ("contacts_complaints", "digital_events", "login_activity", "transactions")

# docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html
RESERVED_WORDS = """
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup
    between binary blanksasnull both bytedict bzip2 case cast check collate column constraint create
    credentials cross current_date current_time current_timestamp current_user current_user_id default
    deferrable deflate defrag delta delta32k desc disable distinct do else emptyasnull enable encode
    encrypt encryption end except explicit false for foreign freeze from full globaldict256
    globaldict64k grant group gzip having identity ignore ilike in initially inner intersect interval
    into is isnull join leading left like limit localtime localtimestamp lun luns lzo lzop minus
    mostly16 mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open
    or order outer overlaps parallel partition percent permissions pivot placing primary raw readratio
    recover references rejectlog resort respect restore right select session_user similar snapshot some
    sysdate system table tag tdes text255 text32k then timestamp to top trailing true truncatecolumns
    union unique unnest unpivot user using verbose wallet when where with without
"""
RESERVED_BY_REDSHIFT = frozenset(RESERVED_WORDS.split())

LOGICAL_TYPES = {
    "varchar": "string",
    "decimal": "number",
    "timestamp": "timestamp",
    "date": "date",
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
}


def plain(table: Table) -> dict[str, Any]:
    document: dict[str, Any] = load(FOLDER / f"{table.name}{SUFFIX}").value
    return document


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_file_is_a_data_contract_by_the_open_standard(table: Table) -> None:
    value = plain(table)

    assert [error.message for error in VALIDATOR.iter_errors(value)] == []
    parsed = OpenDataContractStandard(**value)
    assert parsed.version == CONTRACT.version
    assert parsed.schema_ is not None
    assert parsed.schema_[0].physicalName == f"{table.schema}.{table.name}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_logical_types_and_lengths_agree_with_the_physical_types(table: Table) -> None:
    for entry in plain(table)["schema"][0]["properties"]:
        base, _, length = entry["physicalType"].rstrip(")").partition("(")
        assert entry["logicalType"] == LOGICAL_TYPES[base], entry["name"]
        if base == "varchar":
            assert entry["logicalTypeOptions"]["maxLength"] == int(length), entry["name"]


def test_the_tables_of_the_product_are_all_there() -> None:
    names = {kind: {table.name for table in TABLES if table.kind is kind} for kind in Kind}

    assert names[Kind.CANONICAL] == {
        "customers",
        "accounts",
        "transactions",
        "login_activity",
        "credit_scores",
    }
    assert names[Kind.VAULT] == {"customers_pii"}
    assert names[Kind.HISTORY] == {"customers_history", "accounts_history"}
    assert len(names[Kind.EXTENSION]) == 10
    assert len(names[Kind.REFERENCE]) == 17
    schemas = {Kind.VAULT: "core_pii", Kind.REFERENCE: "ref"}
    assert {table.name for table in TABLES if table.schema != schemas.get(table.kind, "core")} == set()


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=IDS)
def test_what_a_column_allows_contradicts_neither_its_type_nor_itself(table: Table, column: Column) -> None:
    length = re.fullmatch(r"varchar\((\d+)\)", column.type)
    for value in (*column.enum, *([column.default] if column.default is not None else [])):
        if length:
            assert len(value) <= int(length[1])
            assert column.pattern is None or re.search(column.pattern, value)
        else:
            Decimal(value)
    assert len(set(column.enum)) == len(column.enum)
    assert column.default is None or not column.enum or column.default in column.enum
    assert column.default is None or column.requirement is Requirement.NO
    if column.minimum is not None or column.maximum is not None:
        assert not length
        assert not column.enum
    if column.minimum is not None and column.maximum is not None:
        assert column.minimum < column.maximum
    assert (
        column.key_position is None or column.requirement is Requirement.ALWAYS or table.kind is Kind.HISTORY
    )
    assert not column.derived or column.requirement is Requirement.NO


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=IDS)
def test_a_column_is_said_in_a_sentence_and_named_so_that_redshift_takes_it(
    table: Table, column: Column
) -> None:
    assert re.fullmatch(r"[A-Z0-9].{7,}\.", column.meaning)
    assert column.name not in RESERVED_BY_REDSHIFT
    assert table.name not in RESERVED_BY_REDSHIFT


def test_a_flag_holds_zero_or_one() -> None:
    flags = [
        column
        for _, column in COLUMNS
        if column.type == "smallint" and (column.name.startswith("is_") or column.name.endswith("_flag"))
    ]

    assert len(flags) > 20
    assert {column.enum for column in flags if not column.derived} == {("0", "1")}


def test_references_lead_to_a_key_of_the_same_type() -> None:
    referring = [(table, column) for table, column in COLUMNS if column.references]

    assert len(referring) > 20
    for table, column in referring:
        to_table, _, to_column = str(column.references).partition(".")
        target = CONTRACT.table(to_table)
        assert target.key == (to_column,), f"{table.name}.{column.name}"
        assert target.column(to_column).type == column.type


@pytest.mark.parametrize("name", EVENT_TABLES)
def test_a_table_of_events_says_when_and_derives_the_days(name: str) -> None:
    table = CONTRACT.table(name)

    assert table.event_column == "event_ts"
    assert table.column("event_ts").requirement is Requirement.ALWAYS
    for day in ("event_date", "event_date_local"):
        assert table.column(day).type == "date"
        assert table.column(day).derived
    assert {table.name for table in TABLES if table.event_column} == set(EVENT_TABLES)


def test_every_row_of_core_says_which_load_it_rests_on() -> None:
    without = {table.name for table in TABLES if not table.has("source_batch_id")}

    published_again = {"interchange_rates", "regulated_caps"}  # by a mart, whose rows say it
    assert without == {table.name for table in TABLES if table.kind is Kind.REFERENCE} - published_again


def test_when_the_bank_knew_a_row_is_said_for_all_that_a_bank_loads() -> None:
    for table in TABLES:
        if table.kind in {Kind.CANONICAL, Kind.VAULT, Kind.EXTENSION}:
            assert table.column("ingested_at").type == "timestamp"


def test_direct_identifiers_live_in_the_vault_only() -> None:
    secret = {f"{table.name}.{column.name}" for table, column in COLUMNS if column.pii == "P3"}

    assert {name for name in secret if not name.startswith("customers_pii.")} == {
        f"{table}.{flag}"
        for table in ("customers", "customers_history")
        for flag in ("deceased_flag", "pep_flag", "sanctions_match_flag", "vulnerable_flag")
    }


@pytest.mark.parametrize(
    ("history", "base"), [("customers_history", "customers"), ("accounts_history", "accounts")]
)
def test_a_history_tracks_columns_of_its_table_with_the_same_type_and_class(history: str, base: str) -> None:
    own = {"valid_from", "valid_to", "is_current", "source_batch_id"}
    for column in CONTRACT.table(history).columns:
        if column.name not in own:
            tracked = CONTRACT.table(base).column(column.name)
            assert (column.type, column.pii) == (tracked.type, tracked.pii)
            assert not tracked.derived
