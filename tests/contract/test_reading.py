"""Reading the contract: quick, once, and saying where a file is wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fintech_accelerator.contract import Column, Requirement, Table, load_contract, read_contract
from fintech_accelerator.contract.read import FOLDER
from fintech_accelerator.errors import UnknownNameError
from fintech_accelerator.strict_yaml import YamlError

FILE = "rate_index.odcs.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(FOLDER / FILE, tmp_path / FILE)
    return tmp_path


def change(folder: Path, old: str, new: str) -> int:
    """Change the file once and say on which line."""
    text = (folder / FILE).read_text(encoding="utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_contract_is_read_once_a_process() -> None:
    assert load_contract() is load_contract()


def test_importing_the_contract_loads_no_yaml_and_no_warehouse() -> None:
    heavy = "{'yaml', 'duckdb', 'pydantic'} & set(sys.modules)"
    code = f"import sys, fintech_accelerator.contract; print(sorted({heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_sound_folder_is_read(folder: Path) -> None:
    contract = read_contract(folder)

    assert list(contract.tables) == ["rate_index"]
    assert contract.table("rate_index") == load_contract().table("rate_index")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "physicalType: varchar(20)",
            "physicalType: text",
            "the type 'text' of 'index_code' is not portable",
        ),
        (
            "classification: P0",
            "classification: P9",
            "the class 'P9' of 'index_code' is none of P0, P1, P2, P3",
        ),
        ("value: reference", "value: refrence", "kind is none of canonical, vault"),
        ("primaryKeyPosition: 2", "primaryKeyPosition: 3", "the key's positions do not count from 1"),
        ("primaryKeyPosition: 1", "primaryKeyPosition: first", "a key column without primaryKeyPosition"),
        ("name: rate_date", "name: index_code", "the column 'index_code' is there twice"),
        ("name: rate_date", "name: RateDate", "the name 'RateDate' is not lower case"),
        ("apiVersion: v3.2.0", "apiVersion: v2.0.0", "apiVersion is not 'v3.2.0'"),
        ("  - name: rate_index", "  - name: rates", "the table is not called 'rate_index' like its file"),
        ("maxLength: 20", "longest: 20", "the option 'longest' is not known"),
        ("{maxLength: 20}", '{maxLength: 20, pattern: "["}', "the pattern does not compile"),
        ("{maxLength: 20}", "{maxLength: 20, minimum: low}", "minimum is not a number"),
        ("{maxLength: 20}", "short", "logicalTypeOptions are no options"),
        ("property: absentFlag", "property: flag", "the property 'flag' is not known"),
        (
            "value: no_rate_index",
            "value: x\n      - property: eventColumn\n        value: at",
            "'at' is not a column",
        ),
        ("version: 1.0.0", "version: 1.0.0\n  x: [", "mapping values are not allowed"),
    ],
)
def test_a_mistake_is_reported_with_its_file(folder: Path, old: str, new: str, problem: str) -> None:
    change(folder, old, new)

    with pytest.raises(YamlError) as caught:
        read_contract(folder)
    assert problem in caught.value.reason
    assert f"{folder / FILE}, line " in caught.value.reason


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("physicalType: decimal(9,6)", "physicalType: decimal"),
        ("classification: P0", "classification: secret"),
        ("apiVersion: v3.2.0", "apiVersion: v1"),
        ('description: "Yearly', 'description: ["Yearly'),
    ],
)
def test_a_mistake_is_reported_with_its_line(folder: Path, old: str, new: str) -> None:
    line = change(folder, old, new)

    with pytest.raises(YamlError, match=rf"line {line}|line {line + 1}"):
        read_contract(folder)


@pytest.mark.parametrize("content", [b"", b"[]", b"a: 1", b"schema: 3", b"version: 1.0.0\nschema: [3]"])
def test_a_file_that_is_no_contract_at_all_is_reported(folder: Path, content: bytes) -> None:
    (folder / FILE).write_bytes(content)

    with pytest.raises(YamlError, match="line 1"):
        read_contract(folder)


def test_a_file_in_another_encoding_is_reported(folder: Path) -> None:
    (folder / FILE).write_bytes(b"name: \xff\xfe")

    with pytest.raises(YamlError, match="not UTF-8"):
        read_contract(folder)


def test_a_reference_to_what_is_not_there_is_reported(folder: Path) -> None:
    line = change(folder, "      - name: rate_date", "      - name: other\n      - name: rate_date")
    text = (folder / FILE).read_text(encoding="utf-8").splitlines()
    text[line - 1 : line] = [
        "        relationships:",
        "          - type: foreignKey",
        "            to: indices.index_code",
    ]
    (folder / FILE).write_text("\n".join(text) + "\n", encoding="utf-8")

    with pytest.raises(
        YamlError, match=r"'index_code' refers to 'indices\.index_code', which does not exist"
    ):
        read_contract(folder)


def test_tables_of_two_versions_are_refused(folder: Path) -> None:
    shutil.copy(FOLDER / "ftp_curve.odcs.yaml", folder)
    change(folder, "version: 1.0.0", "version: 1.1.0")

    with pytest.raises(YamlError, match=r"line 5: the other tables have version '1.0.0'"):
        read_contract(folder)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(YamlError, match="no table"):
        read_contract(tmp_path)


def test_an_unknown_table_or_column_gets_the_nearest_name() -> None:
    contract = load_contract()

    with pytest.raises(UnknownNameError, match="no table is called 'transaction'") as caught:
        contract.table("transaction")
    assert "'transactions'" in caught.value.fix
    with pytest.raises(UnknownNameError, match="no column of accounts is called 'product'") as caught:
        contract.table("accounts").column("product")
    assert "'product_" in caught.value.fix


def test_histories_are_not_loadable_and_derived_columns_are_not_mapped() -> None:
    contract = load_contract()

    assert "accounts_history" not in {table.name for table in contract.loadable_tables()}
    assert len(contract.loadable_tables()) == len(contract.tables) - 2
    transactions = contract.table("transactions")
    assert "amount_base" in {column.name for column in transactions.derived}
    assert "amount_base" not in {column.name for column in transactions.loadable}


def with_column(table: Table, name: str, **changes: object) -> Table:
    columns = tuple(
        replace(column, **changes) if column.name == name else column  # type: ignore[arg-type]
        for column in table.columns
    )
    return replace(table, columns=columns)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("amount", {"type": "decimal(18,4)"}),
        ("amount", {"minimum": None}),
        ("status", {"enum": ("posted",)}),
        ("status", {"requirement": Requirement.ALWAYS}),
        ("currency", {"pattern": "^USD$"}),
        ("event_ts", {"key_position": 2}),
    ],
)
def test_the_content_hash_changes_with_what_typing_depends_on(name: str, changes: dict[str, object]) -> None:
    table = load_contract().table("transactions")

    assert with_column(table, name, **changes).content_hash != table.content_hash


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("amount", {"meaning": "Other words."}),
        ("amount", {"pii": "P2"}),
        ("is_cash", {"default": "0"}),
        ("amount_base", {"type": "decimal(18,4)"}),
    ],
)
def test_neither_words_nor_what_core_derives_change_the_content_hash(
    name: str, changes: dict[str, object]
) -> None:
    table = load_contract().table("transactions")

    assert with_column(table, name, **changes).content_hash == table.content_hash


def test_a_new_column_changes_the_content_hash() -> None:
    table = load_contract().table("transactions")
    more = replace(table, columns=(*table.columns, Column("note", "varchar(10)", "P1", "A note.")))

    assert more.content_hash != table.content_hash
