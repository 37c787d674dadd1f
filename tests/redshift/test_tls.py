"""Verified TLS with a certificate authority of the bank's own: it reaches the product, dbt and the checks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import pack_of
from tests.redshift.sessions import opened_by_dbt, target_of
from tests.redshift.wide_bank import let_in, served, wide_bank

from fintech_accelerator.compose.environment import scrubbed_environment
from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.testing.standin import RedshiftStandin, Tls

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing.standin import Database


@pytest.fixture
def over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[RedshiftStandin, Database]]:
    """A stand-in whose certificate only the bank's authority vouches for."""
    authority, certificate, key = (
        tmp_path / name for name in ("authority.pem", "standin.pem", "standin.key")
    )
    new_key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"]
    own = ["-subj", "/CN=Bank", "-keyout", str(tmp_path / "authority.key"), "-out", str(authority)]
    signed = ["-CA", str(authority), "-CAkey", str(tmp_path / "authority.key"), "-addext"]
    names = ["subjectAltName=DNS:localhost,IP:127.0.0.1", "-subj", "/CN=localhost"]
    for arguments in (own, [*signed, *names, "-keyout", str(key), "-out", str(certificate)]):
        make = ["openssl", "req", "-x509", *new_key, *arguments]
        subprocess.run(make, check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with RedshiftStandin(tls=Tls(certificate, key)) as standin:
        database = standin.create_database()
        let_in(database, monkeypatch)
        yield standin, database


def test_dbt_believes_the_banks_own_authority(over_tls: tuple[RedshiftStandin, Database]) -> None:
    _, database = over_tls
    engine = RedshiftEngine(target_of(database))
    assert engine.target.sslmode == "verify-full"
    with (
        engine.lent_to_dbt(connects=True) as variables,
        scrubbed_environment(variables),
        closing(opened_by_dbt(engine)) as session,
    ):
        cursor = session.cursor()
        cursor.execute("select 1")
        assert [*map(tuple, cursor.fetchall())] == [(1,)]


@pytest.mark.long
def test_a_run_is_published_over_verified_tls(
    over_tls: tuple[RedshiftStandin, Database], tmp_path: Path
) -> None:
    standin, database = over_tls
    bank = wide_bank(tmp_path / "bank", database, standin.buckets)
    settings = bank.root / "fintech.toml"
    text = settings.read_text(encoding="utf-8")
    assert 'sslmode = "disable"' in text
    settings.write_text(text.replace('sslmode = "disable"', 'sslmode = "verify-full"'), encoding="utf-8")

    assert pack_of(bank.go(target="wide")).status == "published"
    assert served(database) != {}
