"""Sessions: logins of each kind, conflicts, and ending what a dead client left behind."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import redshift_connector
from tests.acceptance.conftest import Session

from fintech_accelerator.engines.redshift.connection import Connection
from fintech_accelerator.engines.redshift.login import log_in
from fintech_accelerator.settings.redshift import RedshiftTarget

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database

PREFIX = "FINTECH_TEST_REDSHIFT_"
LOGINS = {  # what names the warehouse for each way to log in
    "serverless": {"authentication": "iam", "workgroup": "WORKGROUP"},
    "provisioned": {"authentication": "iam", "cluster": "CLUSTER", "user": "USER"},
    "secret": {"authentication": "secret", "secret": "SECRET"},
}


@pytest.mark.parametrize("kind", sorted(LOGINS))
def test_the_product_logs_in_over_verified_tls(kind: str, redshift_database: Database) -> None:
    wanted = dict(LOGINS[kind])
    authentication = wanted.pop("authentication")
    found = {name: os.environ.get(PREFIX + variable, "") for name, variable in wanted.items()}
    if redshift_database.is_standin or not all(found.values()):
        pytest.skip(f"{kind} needs a warehouse, and {', '.join(PREFIX + name for name in wanted.values())}")
    target = RedshiftTarget.model_validate(
        {
            "engine": "redshift",
            "host": redshift_database.host,
            "port": redshift_database.port,
            "database": redshift_database.name,
            "authentication": authentication,
            "region": os.environ.get("AWS_REGION"),
            "landing": "s3://not-used",
            **found,
        }
    )

    with Connection(log_in(target, run_id="accept")) as connection:
        assert connection.value("select 1") == 1


def test_two_writers_that_read_each_other_conflict(redshift_database: Database) -> None:
    if redshift_database.is_standin:
        pytest.skip("PostgreSQL reports serializable conflicts otherwise than Redshift's error 1023")
    with (
        closing(redshift_database.connect()) as setting_up,
        closing(redshift_database.connect()) as first,
        closing(redshift_database.connect()) as second,
    ):
        setting_up.autocommit = True
        Session(setting_up).do("create table public.one (n int); create table public.two (n int)")
        one, two = Session(first), Session(second)
        one.rows("select count(*) from public.one")
        two.rows("select count(*) from public.two")
        one.do("insert into public.two values (1); commit")
        with pytest.raises(redshift_connector.Error, match=r"1023|[Ss]erializable"):
            Session(second).do("insert into public.one values (1); commit")


def test_a_session_that_was_left_behind_can_be_ended(
    administrator: Session, redshift_database: Database
) -> None:
    with closing(redshift_database.connect()) as connection:
        left = Session(connection)
        [(process,)] = left.rows("select pg_backend_pid()")
        left.do("lock table slot_a.payments")
        administrator.rows(f"select pg_terminate_backend({process})")
        administrator.do(
            "set statement_timeout to 10000; drop table slot_a.payments; reset statement_timeout"
        )
        with pytest.raises((redshift_connector.Error, OSError)):
            left.rows("select 1")
