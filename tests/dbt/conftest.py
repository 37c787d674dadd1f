"""A bank in a folder, whose core is built by real dbt from rows that a test puts into the raw layer."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.compose.composition import core_folder
from fintech_accelerator.compose.core_package import core_package
from fintech_accelerator.contract import load_contract
from fintech_accelerator.contract.ddl import create_raw_table
from fintech_accelerator.engines.duckdb import open_warehouse, prepare_operations, profile
from fintech_accelerator.pipeline.portable_sql import NOWHERE
from fintech_accelerator.settings.model import DuckDbTarget
from fintech_accelerator.testing.standin.fixtures import redshift_database, redshift_standin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["redshift_database", "redshift_standin"]
PROBE = "probe"
FIRST_LOAD = datetime(2026, 1, 1, 6, tzinfo=UTC).replace(tzinfo=None)
QUIET = ("--quiet", "--no-print", "--no-version-check", "--no-send-anonymous-usage-stats", "--no-write-json")
Rows = list[dict[str, Any]]


class Bank:
    """A project of core and one pack `probe`, in the form that the composition has."""

    def __init__(  # noqa: PLR0913  (the facts of a bank, all with defaults)
        self,
        folder: Path,
        *,
        mapped: Mapping[str, Sequence[str]],
        models: Mapping[str, str],
        base_currency: str = "USD",
        time_zone: str = "America/New_York",
        enabled_packs: Sequence[str] = (PROBE,),
    ) -> None:
        self.folder = folder
        self.warehouse = folder / "warehouse.duckdb"
        self.batch = 0
        self.through = {"core": 0, PROBE: 0}
        self.manifest: Any = None
        contract = load_contract()
        facts = {
            "base_currency": base_currency,
            "time_zone": time_zone,
            "enabled_packs": list(enabled_packs),
            "capability_flags": ["no_login", "no_fx"],
            "mapped_columns": {table: list(columns) for table, columns in mapped.items()},
            **{f"has_{table.name}": table.name in mapped for table in contract.loadable_tables()},
            PROBE: {"param_set_id": "0123456789abcdef"},
        }
        self._write(facts, models)
        with open_warehouse(self.warehouse) as connection:
            connection.execute("create schema raw_data")
            prepare_operations(connection)
            for table in contract.loadable_tables():
                connection.execute(create_raw_table(table))

    def _write(self, facts: Mapping[str, Any], models: Mapping[str, str]) -> None:
        target = DuckDbTarget(engine="duckdb", memory_limit="1GB", threads=2)
        output = profile(self.warehouse, target, temporary=self.folder / "temporary")
        root = {
            "name": "composed",
            "version": "1.0.0",
            "config-version": 2,
            "profile": "composed",
            "packages-install-path": "packages",
            "query-comment": "",
            "flags": {"send_anonymous_usage_stats": False, "partial_parse": True},
            "vars": facts,
            "models": {PROBE: {"+schema": PROBE}},
            "seeds": {"+fast": False},
        }
        macros = Path(core_folder()).parent / "compose" / "root_macros"
        texts = {
            "dbt_project.yml": json.dumps(root),
            "profiles.yml": json.dumps(
                {"composed": {"target": "build", "outputs": {"build": output, "redshift": NOWHERE}}}
            ),
            f"packages/{PROBE}/dbt_project.yml": json.dumps({"name": PROBE, "config-version": 2}),
            **{f"macros/{path.name}": path.read_text() for path in macros.glob("*.sql")},
            **{f"packages/{PROBE}/models/{name}.sql": text for name, text in models.items()},
        }
        core = core_package(core_folder(), load_contract())
        files = {name: text.encode() for name, text in texts.items()}
        files |= {f"packages/core/{name}": content for name, content in core.items()}
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def dbt(self, *arguments: str) -> Any:
        """One dbt command that has to succeed."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        places = ("--project-dir", str(self.folder), "--profiles-dir", str(self.folder))
        logs = ("--log-level", "none", "--log-level-file", "none", "--log-path", str(self.folder / "logs"))
        target = ("--target-path", str(self.folder / "target"))
        runner = dbtRunner(manifest=self.manifest)
        try:
            result = runner.invoke([*logs, *QUIET, *arguments, *places, *target])
        finally:
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()
            DuckDBConnectionManager.close_all_connections()
        assert result.success, result.exception or [
            f"{each.node.name}: {each.message}" for each in result.result if str(each.status) != "success"
        ]
        return result.result

    def parse(self) -> Any:
        self.manifest = self.manifest or self.dbt("parse")
        return self.manifest

    def compiled(self, name: str) -> str:
        """The SQL of one of the pack's models."""
        self.parse()
        (each,) = self.dbt("compile", "--select", f"{PROBE}.{name}")
        return str(each.node.compiled_code)

    def compiled_for_redshift(self) -> dict[str, str]:
        """The SQL of all of the pack's models as dbt-redshift has it."""
        place = ("--target", "redshift", "--no-introspect", "--no-populate-cache")
        kept, self.manifest = self.manifest, None  # it is read anew, for another adapter
        compiled = self.dbt("compile", "--select", f"package:{PROBE}", *place)
        self.manifest = kept
        return {str(each.node.name): str(each.node.compiled_code) for each in compiled}

    def load(self, rows: Mapping[str, Rows]) -> Bank:
        """Put rows into the raw layer as one more batch."""
        self.batch += 1
        loaded_at = FIRST_LOAD + timedelta(days=self.batch)
        with open_warehouse(self.warehouse) as connection:
            for order, (table, given) in enumerate(rows.items(), 1):
                for number, row in enumerate(given, 1):
                    values = {
                        "ingested_at": loaded_at,
                        **row,
                        "_batch_id": self.batch,
                        "_file_id": f"unit-{order}",
                        "_row_number": number,
                        "_loaded_at": loaded_at,
                        "_load_order": order,
                    }
                    known = {column.name for column in load_contract().table(table).loadable}
                    values = {
                        name: value for name, value in values.items() if name in known or name[0] == "_"
                    }
                    connection.execute(
                        f"insert into raw_data.{table} ({', '.join(values)}) "
                        f"values ({', '.join('?' for _ in values)})",
                        list(values.values()),
                    )
        return self

    def build(self, *select: str) -> Bank:
        """Tell the models how far each slot is, build, and move the slots on."""
        self.tell_slots()
        self.parse()
        self.dbt("build", "--resource-type", "model", "seed", *(("--select", *select) if select else ()))
        self.through = dict.fromkeys(self.through, self.batch)
        return self

    def tell_slots(self) -> None:
        with open_warehouse(self.warehouse) as connection:
            connection.execute("delete from ops.pack_slots")
            for pack, through in self.through.items():
                connection.execute(
                    "insert into ops.pack_slots values (?, 'content', ?, null)", [pack, through]
                )

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with open_warehouse(self.warehouse, read_only=True) as connection:
            return connection.execute(query, list(values)).fetchall()

    def differences(self, other: Bank, *relations: str) -> dict[str, int]:
        """How many rows of each relation stand in one bank only; rows count as often as they occur."""
        with open_warehouse(self.warehouse, read_only=True) as connection:
            connection.execute(f"attach '{other.warehouse}' as other (read_only)")
            found = {}
            for relation in relations:
                mine, others = f"select * from warehouse.{relation}", f"select * from other.{relation}"
                found[relation] = connection.execute(
                    f"select count(*) from (({mine} except all {others})"
                    f" union all ({others} except all {mine}))"
                ).fetchall()[0][0]
            return found

    def from_nothing(self, folder: Path, *select: str) -> Bank:
        """Another bank with the same raw rows, built from nothing."""
        folder.mkdir(parents=True)
        other = Bank.__new__(Bank)
        other.__dict__ |= {**self.__dict__, "folder": folder, "warehouse": folder / "warehouse.duckdb"}
        shutil.copytree(
            self.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target", "logs")
        )
        text = (folder / "profiles.yml").read_text().replace(str(self.folder), str(folder))
        (folder / "profiles.yml").write_text(text)
        with open_warehouse(other.warehouse) as connection:
            for schema in ("core", PROBE):
                connection.execute(f"drop schema if exists {schema} cascade")
        other.through = dict.fromkeys(self.through, 0)
        return other.build(*select)


@pytest.fixture(scope="session", autouse=True)
def _silent() -> None:
    os.environ["DO_NOT_TRACK"] = "1"


@pytest.fixture(scope="session")
def new_bank(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Bank]:
    """Make a bank in a folder of its own."""

    def make(models: Mapping[str, str] | None = None, **facts: Any) -> Bank:
        folder = tmp_path_factory.mktemp("bank")
        return Bank(folder, mapped=facts.pop("mapped", {}), models=models or {}, **facts)

    return make
