"""Which pack made which relation of a warehouse: what disabling it may drop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fintech_accelerator.ledger.database import Database


class Relations:
    """Ownership by warehouse."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def own(self, warehouse_id: str, pack: str, relations: Iterable[tuple[str, str]]) -> None:
        """Add (schema, name) to what a pack owns. Raises IntegrityError on what another pack owns."""
        with self._database.writing() as connection:
            for schema, name in sorted(set(relations)):
                owner = connection.execute(
                    "insert into relations values (?, ?, ?, ?)"
                    " on conflict do update set pack = relations.pack returning pack",
                    (warehouse_id, schema, name, pack),
                ).fetchone()["pack"]
                if owner != pack:
                    raise IntegrityError(
                        f"{schema}.{name} belongs to the pack {owner!r}, and {pack!r} claims it, too",
                        fix=f"disable one of the two with `fintech packs disable {pack} --drop`",
                    )

    def owned(self, warehouse_id: str, pack: str) -> tuple[tuple[str, str], ...]:
        """What a pack owns, as (schema, name)."""
        rows = self._database.rows(
            "select schema_name, relation_name from relations where warehouse_id = ? and pack = ?"
            " order by schema_name, relation_name",
            (warehouse_id, pack),
        )
        return tuple((row["schema_name"], row["relation_name"]) for row in rows)

    def forget(self, warehouse_id: str, relations: Iterable[tuple[str, str]]) -> None:
        """Take away (schema, name) that were dropped."""
        with self._database.writing() as connection:
            connection.executemany(
                "delete from relations where warehouse_id = ? and schema_name = ? and relation_name = ?",
                [(warehouse_id, schema, name) for schema, name in relations],
            )
