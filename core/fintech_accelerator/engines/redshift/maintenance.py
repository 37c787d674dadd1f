"""What Redshift's own statistics say of the product's tables, and the statements that put them right."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fintech_accelerator.contract.schemas import OWN_SCHEMAS, served_schemas
from fintech_accelerator.engines.maintenance import Action
from fintech_accelerator.engines.redshift.slots import drop_relations, slot_schema
from fintech_accelerator.engines.redshift.state import EMPTY, LOCK, SLOTS, read_slots
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from fintech_accelerator.engines.redshift.connection import Connection

MEGABYTE = 1 << 20
STATISTICS = """
select
    "schema", "table", table_id, diststyle, sortkey1, size, tbl_rows, estimated_visible_rows, unsorted,
    stats_off, skew_rows
from svv_table_info
order by "schema", "table"
"""
RECOMMENDATIONS = """
select "type", table_id, ddl, auto_eligible
from svv_alter_table_recommendations
order by table_id, "type"
"""


@dataclass(frozen=True)
class TableFacts:
    """A row of SVV_TABLE_INFO; shares are percents, and None where Redshift says nothing."""

    schema: str
    name: str
    table_id: int
    diststyle: str
    sortkey: str
    megabytes: int
    rows: int
    visible_rows: int
    unsorted: float | None
    stats_off: float | None
    skew: float | None

    @property
    def place(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def deleted(self) -> float:
        """The share of rows that are marked for deletion."""
        return 100 * (self.rows - self.visible_rows) / self.rows if self.rows else 0.0

    @property
    def is_automatic(self) -> bool:
        """Whether Redshift chooses distribution and sort key; it names none where there is none."""
        return self.diststyle.startswith("AUTO") and (not self.sortkey or self.sortkey.startswith("AUTO"))

    @property
    def can_recluster(self) -> bool:
        """VACUUM RECLUSTER takes neither interleaved sort keys nor tables copied to every node."""
        return self.sortkey != "INTERLEAVED" and self.diststyle not in {"ALL", "AUTO(ALL)"}


def thresholds() -> dict[str, float]:
    """The marks of maintenance.toml, each with its source there."""
    text = files("fintech_accelerator.engines.redshift").joinpath("maintenance.toml").read_text("utf-8")
    return {name: float(facts["past"]) for name, facts in tomllib.loads(text).items()}


def read_statistics(connection: Connection, packs: Collection[str]) -> tuple[TableFacts, ...]:
    """The facts of the product's tables: raw, core, `ops`, and the slots of its packs.

    Raises EnvironmentFailure for a login that may not read SVV_TABLE_INFO.
    """
    schemas = {*OWN_SCHEMAS}
    for pack in packs:
        schemas |= {slot_schema(served, slot) for served in served_schemas(pack) for slot in SLOTS}
    return tuple(facts for facts in map(_facts, connection.rows(STATISTICS)) if facts.schema in schemas)


def _facts(row: tuple[Any, ...]) -> TableFacts:
    schema, name, table_id, diststyle, sortkey, size, rows, visible, unsorted, stats_off, skew = row
    return TableFacts(
        schema=str(schema).strip(),
        name=str(name).strip(),
        table_id=int(table_id),
        diststyle=str(diststyle or "").strip(),
        sortkey=str(sortkey or "").strip(),
        megabytes=int(size or 0),
        rows=int(rows or 0),
        visible_rows=int(visible if visible is not None else rows or 0),
        unsorted=_number(unsorted),
        stats_off=_number(stats_off),
        skew=_number(skew),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def statements(facts: TableFacts, marks: Mapping[str, float]) -> Iterator[tuple[Action, str]]:
    """What to run on a table that is past a mark: rows marked for deletion first, statistics last."""
    table = f"{quoted(facts.schema)}.{quoted(facts.name)}"
    size = facts.megabytes * MEGABYTE
    if facts.rows < marks["rows"]:
        return
    if facts.deleted > marks["deleted"]:
        gone = facts.rows - facts.visible_rows
        why = f"{facts.deleted:.0f} % of its rows are marked for deletion (mark: {marks['deleted']:g} %)"
        yield Action("vacuum delete only", facts.place, why, gone, size), f"vacuum delete only {table}"
    if facts.unsorted is not None and facts.unsorted > marks["unsorted"] and facts.can_recluster:
        why = f"{facts.unsorted:.0f} % of it is unsorted (mark: {marks['unsorted']:g} %)"
        rows = round(facts.rows * facts.unsorted / 100)
        yield Action("vacuum recluster", facts.place, why, rows, size), f"vacuum recluster {table}"
    if facts.stats_off is not None and facts.stats_off > marks["stats_off"]:
        why = f"its statistics are {facts.stats_off:.0f} % off (mark: {marks['stats_off']:g} %)"
        yield Action("analyze", facts.place, why, facts.rows, size), f"analyze {table}"


def findings(
    tables: Collection[TableFacts], marks: Mapping[str, float], reasons: Mapping[str, str]
) -> Iterator[Action]:
    """What a person decides: skewed tables, those that lost AUTO, and those that RECLUSTER does not take.

    `reasons` says by a model's name why its contract takes distribution or sort key into its own hands.
    """
    for facts in tables:
        if not facts.is_automatic and facts.name not in reasons:
            yield Action(
                "lost auto",
                facts.place,
                f"distribution {facts.diststyle}, sort key {facts.sortkey or 'none'}, and no model says why: "
                f"alter table {facts.place} alter diststyle auto; "
                f"alter table {facts.place} alter sortkey auto",
            )
        if facts.skew is not None and facts.skew >= marks["skew_rows"]:
            why = f"its fullest slice has {facts.skew:g} times the rows of its emptiest"
            yield Action("skewed", facts.place, why, facts.rows, facts.megabytes * MEGABYTE)
        if facts.unsorted is not None and facts.unsorted > marks["unsorted"] and not facts.can_recluster:
            why = (
                f"{facts.unsorted:.0f} % unsorted; RECLUSTER does not take it: vacuum sort only {facts.place}"
            )
            yield Action("unsorted", facts.place, why, facts.rows, facts.megabytes * MEGABYTE)


def recommendations(connection: Connection, tables: Collection[TableFacts]) -> Iterator[Action]:
    """What the Advisor recommends for the product's tables, with the statement that would do it."""
    places = {facts.table_id: facts.place for facts in tables}
    for kind, table_id, ddl, is_automatic in connection.rows(RECOMMENDATIONS):
        if int(table_id) in places:
            who = "Redshift does it by itself" if str(is_automatic).strip() == "t" else "yours to decide"
            what = f"{str(kind).strip()}: {str(ddl).strip()} ({who})"
            yield Action("advisor", places[int(table_id)], what)


def packs_built(connection: Connection) -> tuple[str, ...]:
    """The packs that have slots."""
    rows = connection.rows("select distinct pack from ops.serving_slots where pack <> 'core' order by pack")
    return tuple(str(pack) for (pack,) in rows)


def forget_built(connection: Connection) -> None:
    """Before rows are deleted for good: whatever is built of them is no longer up to date.

    Readers stay where they are until the next build, which starts from nothing; nobody goes back to spares.
    """
    with connection.transaction():
        connection.execute(LOCK)
        connection.execute(
            "update ops.serving_slots set active_content = '', spare_state = ?, spare_content = '',"
            " spare_through = 0, spare_publication_id = null",
            [EMPTY],
        )
    for pack in packs_built(connection):
        empty_spare(connection, pack)


def outdated_spares(connection: Connection) -> tuple[str, ...]:
    """The packs built anew since, whose other slot still has what was deleted."""
    rows = connection.rows(
        "select pack from ops.serving_slots where pack <> 'core' and spare_content = ''"
        " and active_content <> '' and spare_state <> ? order by pack",
        [EMPTY],
    )
    return tuple(str(pack) for (pack,) in rows)


def empty_spare(connection: Connection, pack: str) -> None:
    """Drop what the slot holds that nobody reads, and note that it is empty."""
    spare = read_slots(connection, pack).spare_slot
    with connection.transaction():
        connection.execute(LOCK)
        connection.execute(
            "update ops.serving_slots set spare_state = ?, spare_publication_id = null where pack = ?",
            [EMPTY, pack],
        )
    for schema in served_schemas(pack):
        drop_relations(connection, slot_schema(schema, spare))
