"""What a person changes on Redshift beside runs, under the same lease: going back, and dropping a pack."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import restricted_schema
from fintech_accelerator.engines.publications import current, read_manifest, rollback
from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.engines.redshift.lease import at_work
from fintech_accelerator.engines.redshift.serving import switch
from fintech_accelerator.engines.redshift.slots import drop_pack
from fintech_accelerator.engines.redshift.state import read_slots
from fintech_accelerator.engines.redshift.tables import is_prepared
from fintech_accelerator.errors import PublishError, unknown_name
from fintech_accelerator.governance.access.wanted import PackReaders
from fintech_accelerator.packs.discovery import discover
from fintech_accelerator.packs.marts import Mart, MartColumn
from fintech_accelerator.pipeline.context import id_by_hand
from fintech_accelerator.pipeline.securing import securing
from fintech_accelerator.pipeline.serving import Dropped
from fintech_accelerator.pipeline.serving.redshift import by_schema

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.settings import RedshiftTarget, Settings


def roll_back_views(
    settings: Settings, target: RedshiftTarget, folder: Path, pack: str, *, to: int | None
) -> tuple[int, int]:
    """Point a pack's serving views at the publication before. Raises PublishError when there is none."""
    engine = RedshiftEngine(target)
    if not current(folder).get(pack, ()):
        raise unknown_name("published pack", pack, current(folder))
    run_id, command = id_by_hand("rollback"), f"fintech rollback {pack}"
    with at_work(engine, settings.workspace.state, run_id=run_id, command=command):
        return _roll_back(engine, settings, folder, pack, to=to)


def _roll_back(
    engine: RedshiftEngine, settings: Settings, folder: Path, pack: str, *, to: int | None
) -> tuple[int, int]:
    before = engine.session.ask(lambda connection: read_slots(connection, pack))
    if to is not None and to != before.spare_publication_id:
        raise PublishError(
            f"{pack}: publication {to} is not kept (one step back is {before.spare_publication_id})",
            fix=f"`fintech rollback {pack}` goes back one step; on Redshift no other is kept",
        )
    marts = _marts(folder, pack)
    shown = switch(
        engine.connect,
        pack,
        by_schema((mart.schema, mart.name) for mart in marts),
        secure=lambda connection: securing(connection, pack, lambda: _readers(settings, pack, marts)),
        is_rollback=True,
        run_id=engine.run_id,
    )
    rollback(folder, pack, to=shown.publication_id)
    return shown.previous_id or 0, shown.publication_id


def _marts(folder: Path, pack: str) -> tuple[Mart, ...]:
    """What the publication to return to serves, with the columns that it had then."""
    return tuple(
        Mart(
            name=mart.name,
            schema=restricted_schema(pack) if mart.restricted else pack,
            restricted=mart.restricted,
            time_column=mart.time_column,
            grain=mart.grain,
            columns=tuple(MartColumn(**asdict(column)) for column in mart.columns),
            file="",
        )
        for mart in read_manifest(folder, pack, current(folder)[pack][0]).marts
    )


def _readers(settings: Settings, pack: str, marts: tuple[Mart, ...]) -> tuple[PackReaders, ...]:
    """Who reads them, as the installed packs say today; nobody, if the pack is no longer installed."""
    return tuple(
        PackReaders(each.manifest, marts if name == pack else ())
        for name, each in discover(settings).packs.items()
        if name == pack or name in settings.packs
    )


def drop_built(target: RedshiftTarget, folder: Path, pack: str) -> Dropped:
    """Drop a pack's slots and serving views; what somebody else made in its schema stays."""
    engine = RedshiftEngine(target)
    if not engine.session.ask(is_prepared):
        return Dropped()  # no run of ours has worked there
    with at_work(engine, folder, run_id=id_by_hand("drop"), command=f"fintech packs disable {pack} --drop"):
        identity = engine.session.ask(
            lambda connection: connection.value("select min(warehouse_id) from ops.warehouse")
        )
        dropped, left = engine.session.ask(lambda connection: drop_pack(connection, pack))
    return Dropped(str(identity), dropped, left)
