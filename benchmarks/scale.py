"""A paper plan: per model, what Redshift would scan, sort and move for a bank larger than one that was run.

Rows and bytes are measured in the project's DuckDB warehouse and multiplied; statements are those that dbt
compiles for Redshift. Nothing is executed on Redshift: docs/scale.md says what the figures are worth.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from fintech_accelerator.compose.composition import Composition, compose
from fintech_accelerator.pipeline.portable_sql import compiled_for_redshift
from fintech_accelerator.settings import load_settings

SAMPLE_ROWS = 500_000  # rows by which a table's bytes are measured, as zstd Parquet
# What a table grows with: customers for what each of them has once or once a month, else transactions.
BY_CUSTOMER = re.compile(
    r"customer|account|balance|holder|holding|month|relationship|rfm|lifecycle|salary|bills|_spans|_sums$"
    r"|_scores$|^cards$|^loan_|^int_engagement__(recent_use|primary)|primary_bank$|activity_months$"
)
KEYS = ("customer_id", "account_id", "transaction_id", "card_token", "merchant_id", "login_id", "device_id")
# A view counts as what is read through it.
RELATIONS = """
select table_schema, table_name from information_schema.tables where table_schema not like 'information%'
"""
Place = tuple[str, str]


@dataclass(frozen=True)
class Table:
    """A relation of the measured bank: rows, and compressed bytes a row by column."""

    rows: int
    bytes_by_column: Mapping[str, float]

    def scanned(self, columns: set[str]) -> float:
        """Bytes that reading these columns of all rows takes; without names, of all columns."""
        wanted = columns & self.bytes_by_column.keys() or set(self.bytes_by_column)
        return self.rows * sum(self.bytes_by_column[name] for name in wanted)


@dataclass
class Plan:
    """What one model costs on paper."""

    name: str
    package: str
    kind: str
    place: Place
    scanned: float = 0.0
    sorts: int = 0
    keys: Counter[str] = field(default_factory=Counter)
    moved: int = 0

    @property
    def distribution_key(self) -> str:
        """The key by which most of the model's joins, windows and groups are laid out."""
        return self.keys.most_common(1)[0][0] if self.keys else "-"


def measured_tables(path: Path) -> dict[Place, Table]:
    """Every table and view with its rows, and bytes a row of the first of them written as Parquet."""
    found: dict[Place, Table] = {}
    with duckdb.connect(str(path), read_only=True) as connection, TemporaryDirectory() as folder:
        sample = Path(folder) / "sample.parquet"
        rows = connection.execute(RELATIONS)
        for schema, name in rows.fetchall():
            relation = f'"{schema}"."{name}"'
            (count,) = connection.execute(f"select count(*) from {relation}").fetchone() or (0,)
            first = f"select * from {relation} limit {SAMPLE_ROWS}"
            connection.execute(f"copy ({first}) to '{sample}' (format parquet, compression zstd)")
            names = [str(row[0]) for row in connection.execute(f"describe {relation}").fetchall()]
            sizes = connection.execute(
                "select path_in_schema, sum(total_compressed_size) from parquet_metadata(?) group by all",
                [str(sample)],
            ).fetchall()  # nothing for a table without rows
            sampled = max(1, min(count, SAMPLE_ROWS))
            widths = dict.fromkeys(names, 0.0) | {str(name): size / sampled for name, size in sizes}
            found[str(schema), str(name)] = Table(count, widths)
    return found


def plans(composition: Composition, tables: Mapping[Place, Table]) -> list[Plan]:
    """One plan for each model that is stored, in the order in which dbt names them: of its first run."""
    found: dict[str, Plan] = {}
    for node in compiled_for_redshift(composition):
        kind = str(node.config.materialized)
        if kind in {"ephemeral", "view"} or node.unique_id in found:
            continue
        plan = Plan(node.name, node.package_name, kind, (_served(str(node.schema)), node.name))
        _read(plan, str(node.compiled_code), tables)
        found[node.unique_id] = plan
    return sorted(found.values(), key=lambda plan: (plan.package != "core", plan.package, plan.name))


def _served(schema: str) -> str:
    """The schema as the measured warehouse has it."""
    return schema.split("__", maxsplit=1)[0]


def _read(plan: Plan, sql: str, tables: Mapping[Place, Table]) -> None:
    tree = parse_one(sql, dialect="redshift")
    for place, columns in _scans(tree, tables):
        plan.scanned += tables[place].scanned(columns)
    layouts = set(_layouts(tree))
    plan.sorts = len(_sorts(tree))
    for keys in layouts:
        plan.keys.update(key for key in KEYS if key in keys)
    plan.moved = sum(plan.distribution_key not in keys for keys in layouts)


def _scans(tree: exp.Expression, tables: Mapping[Place, Table]) -> Iterator[tuple[Place, set[str]]]:
    """Each reading of a stored table with the columns that are used of it."""
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for (name, relation), table in tables.items():
        schema.setdefault(name, {})[relation] = dict.fromkeys(table.bytes_by_column, "varchar")
    for table in tree.find_all(exp.Table):
        if table.db:
            table.set("catalog", None)
            table.set("db", exp.to_identifier(_served(table.db)))
    try:
        tree = qualify(tree, dialect="redshift", schema=schema, validate_qualify_columns=False)
    except SqlglotError:  # then all columns count: an upper bound
        for table in tree.find_all(exp.Table):
            if (table.db, table.name) in tables:
                yield (table.db, table.name), set()
        return
    for scope in traverse_scope(tree):
        for name, source in scope.sources.items():
            if isinstance(source, exp.Table) and (source.db, source.name) in tables:
                used = {column.name for column in scope.columns if column.table == name}
                yield (source.db, source.name), used


def _layouts(tree: exp.Expression) -> Iterator[frozenset[str]]:
    """The sets of columns by which rows must lie together: of joins, windows, groups and distincts."""
    for join in tree.find_all(exp.Join):
        condition = join.args.get("on")
        columns = {
            each.this.name
            for each in (condition.find_all(exp.EQ) if condition else ())
            if isinstance(each.this, exp.Column) and isinstance(each.expression, exp.Column)
        }
        if columns:
            yield frozenset(columns)
    for window in tree.find_all(exp.Window):
        if names := {
            column.name
            for part in window.args.get("partition_by") or ()
            for column in part.find_all(exp.Column)
        }:
            yield frozenset(names)
    for group in tree.find_all(exp.Group):
        if names := {column.name for part in group.expressions for column in part.find_all(exp.Column)}:
            yield frozenset(names)


def _sorts(tree: exp.Expression) -> set[str]:
    """The different orders that rows are brought into: those of windows, and those of order by."""
    windows = {
        f"{window.args.get('partition_by')} {window.args.get('order')}"
        for window in tree.find_all(exp.Window)
    }
    return windows | {str(order) for order in tree.find_all(exp.Order) if not order.find_ancestor(exp.Window)}


def factor(name: str, by_transactions: float, by_customers: float) -> float:
    """How much larger a table becomes."""
    return by_customers if BY_CUSTOMER.search(name) else by_transactions


def main() -> None:
    """Print the plan as a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path, help="a project that was run on DuckDB")
    parser.add_argument("--transactions", type=float, default=1e9)
    parser.add_argument("--customers", type=float, default=50e6)
    arguments = parser.parse_args()
    composition = compose(load_settings(arguments.project))
    tables = measured_tables(composition.warehouse)
    by_transactions = arguments.transactions / tables["core", "transactions"].rows
    by_customers = arguments.customers / tables["core", "customers"].rows
    larger = {
        place: Table(int(table.rows * factor(place[1], by_transactions, by_customers)), table.bytes_by_column)
        for place, table in tables.items()
    }
    print("| model | stored | rows | size | scanned | sorts | moved | distribution key |")
    print("|---|---|---|---|---|---|---|---|")
    made = plans(composition, larger)
    for plan in made:
        print(_line(plan, larger.get(plan.place)))
    print(f"\nscanned {sum(plan.scanned for plan in made) / 1e12:,.2f} TB", end="")
    for what, is_raw in (("loaded", True), ("built", False)):
        kept = sum(
            table.scanned(set()) for place, table in larger.items() if (place[0] == "raw_data") == is_raw
        )
        print(f", {what} {kept / 1e12:,.2f} TB", end="")
    print()


def _line(plan: Plan, table: Table | None) -> str:
    rows, size = (table.rows, table.scanned(set())) if table else (0, 0.0)
    cells: tuple[Any, ...] = (
        f"`{plan.name}`",
        plan.kind,
        f"{rows / 1e6:,.1f} M",
        f"{size / 1e9:,.1f} GB",
        f"{plan.scanned / 1e9:,.1f} GB",
        plan.sorts,
        plan.moved,
        plan.distribution_key,
    )
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    main()
