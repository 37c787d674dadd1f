"""`fintech packs disable --drop` on Redshift: what a killed one left is found there, and dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.redshift.sessions import ask, tell

from fintech_accelerator.contract import load_contract
from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.engines.redshift.tables import prepare_operations, prepare_tables
from fintech_accelerator.errors import UnknownNameError
from fintech_accelerator.pipeline.packs import disable_packs

if TYPE_CHECKING:
    from tests.pipeline.small_bank import SmallBank

    from fintech_accelerator.testing.standin import Database

# What is there after `disable --drop` was killed: its publications are withdrawn, its slot is not dropped.
LEFT = (
    "create schema tidy__a",
    "create table tidy__a.tidy__large_payments as select 1 as payments",
)
OF_SOMEBODY = ("create schema tidy", "create view tidy.weekly as select 1 as week")


def test_a_drop_that_was_killed_is_finished_by_the_next(
    bank: SmallBank, redshift_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert disable_packs(bank.settings, ["tidy"], drop=True, target="wide").dropped == {"tidy": ()}
    target = bank.settings.targets["wide"]
    assert target.engine == "redshift"
    with RedshiftEngine(target).connect() as connection:
        prepare_operations(connection)
        prepare_tables(connection, load_contract())
        for statement in LEFT:
            connection.execute(statement)

    done = disable_packs(bank.settings, ["tidy"], drop=True, target="wide")

    assert done.dropped == {"tidy": ("tidy__a.tidy__large_payments",)}
    assert ask(redshift_database, "select nspname from pg_namespace where nspname like 'tidy%'") == []
    with pytest.raises(UnknownNameError, match="tidy"):
        disable_packs(bank.settings, ["tidy"], drop=True, target="wide")

    for statement in OF_SOMEBODY:
        tell(redshift_database, statement)
    assert bank.run(capsys, "packs", "disable", "tidy", "--drop", "--yes", "--target", "wide") == 0
    assert "left in schemas of tidy, made by somebody else: tidy.weekly" in bank.output
    assert ask(redshift_database, "select week from tidy.weekly") == [(1,)]
