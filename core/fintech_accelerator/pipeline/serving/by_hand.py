"""What a person changes on Redshift beside runs, under the same lease: going back, and dropping a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import restricted_schema
from fintech_accelerator.engines.publications import current, read_manifest, rollback
from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.engines.redshift.lease import at_work
from fintech_accelerator.engines.redshift.security.catalogue import is_in_force
from fintech_accelerator.engines.redshift.serving import switch
from fintech_accelerator.engines.redshift.slots import drop_pack
from fintech_accelerator.engines.redshift.state import read_slots
from fintech_accelerator.engines.redshift.tables import is_prepared
from fintech_accelerator.errors import PublishError, unknown_name
from fintech_accelerator.governance.access.matrix import access_matrix
from fintech_accelerator.pipeline.context import id_by_hand
from fintech_accelerator.pipeline.serving.redshift import by_schema

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.settings.redshift import RedshiftTarget


def roll_back_views(target: RedshiftTarget, folder: Path, pack: str, *, to: int | None) -> tuple[int, int]:
    """Point a pack's serving views at the publication before. Raises PublishError when there is none."""
    engine = RedshiftEngine(target)
    if not current(folder).get(pack, ()):
        raise unknown_name("published pack", pack, current(folder))
    run_id, command = id_by_hand("rollback"), f"fintech rollback {pack}"
    with at_work(engine, folder.parent.parent, run_id=run_id, command=command):
        return _roll_back(engine, folder, pack, to=to)


def _roll_back(engine: RedshiftEngine, folder: Path, pack: str, *, to: int | None) -> tuple[int, int]:
    before = engine.session.ask(lambda connection: read_slots(connection, pack))
    if to is not None and to != before.spare_publication_id:
        raise PublishError(
            f"{pack}: publication {to} is not kept (one step back is {before.spare_publication_id})",
            fix=f"`fintech rollback {pack}` goes back one step; on Redshift no other is kept",
        )
    marts = by_schema(
        (restricted_schema(pack) if mart.restricted else pack, mart.name)
        for mart in read_manifest(folder, pack, current(folder)[pack][0]).marts
    )
    # a view that comes back with other columns has no masks: nobody reads it before `fintech warehouse apply`
    is_masked = engine.session.ask(lambda connection: is_in_force(connection, access_matrix().prefix))
    shown = switch(
        engine.connect,
        pack,
        marts,
        readers=() if is_masked else engine.target.readers,
        is_rollback=True,
        run_id=engine.run_id,
    )
    rollback(folder, pack, to=shown.publication_id)
    return shown.previous_id or 0, shown.publication_id


def drop_built(target: RedshiftTarget, folder: Path, pack: str) -> tuple[str, tuple[str, ...]]:
    """Drop a pack's slots and serving views; what somebody else made in its schema stays."""
    engine = RedshiftEngine(target)
    if not engine.session.ask(is_prepared):
        return "", ()  # no run of ours has worked there
    with at_work(engine, folder, run_id=id_by_hand("drop"), command=f"fintech packs disable {pack} --drop"):
        identity = engine.session.ask(
            lambda connection: connection.value("select min(warehouse_id) from ops.warehouse")
        )
        dropped = engine.session.ask(lambda connection: drop_pack(connection, pack))
    return str(identity), dropped
